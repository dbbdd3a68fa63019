"""The law of the load for files that nobody thought of: random tables in random dialects, and random damage to them.

`TENURE_FUZZ_EXAMPLES=2000 pytest tests/etl/test_damage.py` looks longer.
"""

from __future__ import annotations

import csv
import io
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashapp.errors import InputError
from etl import rawtable
from etl.lake import Lake
from tests.etl.corpus_files import parquet, workbook
from tests.etl.loading import COLUMNS, accepted, adds_up, load_orders, rejected

EXAMPLES = int(os.environ.get("TENURE_FUZZ_EXAMPLES", "20"))
bounded = hypothesis_settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
pytestmark = pytest.mark.slow

WORDS = ["NaN", "inf", "-1", "1e400", "1.785E+04", "99999999999", "2024-02-30", "NA", '5"', "=1", "é€"]
ODD = st.sampled_from(["", " ", "\u00a0", "a\nb", "x" * 200, *WORDS])
ORDERS = st.one_of(st.integers(1, 99999).map(str), st.text(alphabet="0aZ-,;\t|\"' \r\né", min_size=1, max_size=5), ODD)
DATES = st.one_of(
    st.dates().map(str), st.datetimes().map(str), st.sampled_from(["2024-05-06 10:00:00", "01/02/2010"]), ODD
)
NUMBERS = st.one_of(st.decimals(-9999, 9999, places=2).map(str), st.integers(-9, 99).map(str), ODD)
ROWS = st.lists(st.tuples(ORDERS, DATES, ORDERS, NUMBERS, NUMBERS).map(list), min_size=1, max_size=12)
RAGGED = st.lists(st.one_of(ROWS.map(lambda rows: rows[0]), st.lists(ODD, max_size=7)), min_size=1, max_size=8)
GOOD = [["g1", "2024-05-06 10:00:00", "c1", "2", "1.50"], ["g2", "2024-05-07", "c2", "1", "4.00"]]


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n", "\r"])),
    }


@st.composite
def damages(draw: st.DrawFn, content: bytes) -> bytes:
    """One to three places of the bytes flipped, cut, inserted or doubled."""
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(content)))
        end = min(len(content), place + draw(st.integers(1, 40)))
        match draw(st.sampled_from(["flip", "cut", "insert", "double", "end"])):
            case "flip":
                middle = bytes(byte ^ draw(st.integers(1, 255)) for byte in content[place : place + 1])
                content = content[:place] + middle + content[place + 1 :]
            case "cut":
                content = content[:place] + content[end:]
            case "insert":
                content = content[:place] + draw(st.binary(min_size=1, max_size=4)) + content[place:]
            case "double":
                content = content[:end] + content[place:]
            case "end":
                content = content[:place]
    return content


def as_csv(rows: list[list[str]], dialect: dict[str, Any]) -> str:
    target = io.StringIO()
    csv.writer(target, **dialect).writerows([list(COLUMNS.values()), *GOOD, *rows])
    return target.getvalue()


def attempt(folder: Path, content: bytes, **mapping: Any) -> Lake | InputError:
    try:
        return load_orders(folder, content, **mapping)
    except InputError as refusal:
        return refusal


def obeys(outcome: Lake | InputError, content: bytes, encoding: str = "utf-8") -> None:
    """One sentence and a hint; or lines, counted here in the text itself, and money are accepted or set aside."""
    if isinstance(outcome, InputError):
        assert outcome.message
        assert outcome.hint
        assert "\n" not in outcome.message
        return
    batch, text = outcome.batches[0], content.decode(encoding).removeprefix("\ufeff")
    lines = re.split(r"\r\n|\r|\n", text)
    assert batch.physical_lines == len(lines) - (not lines[-1])
    assert adds_up(batch)
    assert (len(accepted(outcome)), len(rejected(outcome))) == (batch.accepted_rows, batch.rejected_rows)
    assert all(reasons and raw for reasons, raw in rejected(outcome, "reasons, raw_row"))
    money = [Decimal(amount or 0) for amount in (batch.raw_amount, batch.accepted_amount, batch.rejected_amount)]
    assert money[0] == money[1] + money[2]
    ids = [row[0] for row in accepted(outcome, "customer_id") if row[0]]
    assert all(name in text.replace('""', '"') for name in ids), "an id is in the file as it is in the lake"


def seen(outcome: Lake | InputError) -> object:
    if isinstance(outcome, InputError):
        return outcome.sentence()
    return outcome.batches[0].reasons, accepted(outcome), rejected(outcome, "*")


@given(st.data())
@bounded
def test_a_damaged_file_is_refused_or_every_line_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"]))
    text = as_csv(data.draw(st.one_of(ROWS, RAGGED)), data.draw(dialects()))
    content = data.draw(damages(text.encode(encoding)))
    said = {} if encoding == "utf-8" else {"encoding": encoding}
    outcome = attempt(tmp_path_factory.mktemp("damage"), content, **said)
    obeys(outcome, content, encoding)


@given(st.data())
@bounded
def test_the_fast_way_and_the_exact_way_read_the_same(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    text = as_csv(data.draw(st.one_of(ROWS, RAGGED)), data.draw(dialects()))
    content = data.draw(damages(text.encode()))
    fast = attempt(tmp_path_factory.mktemp("fast"), content)
    with pytest.MonkeyPatch.context() as patch:
        read = rawtable.read
        patch.setattr(rawtable, "read", lambda con, file, work, exact=False: read(con, file, work, exact=True))
        exact = attempt(tmp_path_factory.mktemp("exact"), content)
    assert seen(fast) == seen(exact)


@pytest.mark.parametrize("name", ["orders.xlsx", "orders.parquet"])
@given(data=st.data())
@bounded
def test_a_damaged_workbook_or_parquet_file_is_refused_or_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, name: str
):
    content = data.draw(damages(workbook() if name.endswith("xlsx") else parquet()))
    outcome = attempt(tmp_path_factory.mktemp("binary"), content, name=name)
    assert isinstance(outcome, InputError) or adds_up(outcome.batches[0])
