"""The law of the load, for every file of the corpus: refused in one sentence, or every line accounted for."""

from __future__ import annotations

import csv
import itertools
import json
import random
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from etl.__main__ import app
from etl.lake import Batch, Lake
from tests.etl import corpus, corpus_files
from tests.etl.corpus import HEADER, ONE, TWO, Case, Loaded, Refused
from tests.etl.loading import accepted, adds_up, load_orders, rejected, settings_in, shop_folder, tree

CASES = (*corpus.CASES, *corpus_files.CASES)
REFUSED = [pytest.param(case, id=case.name) for case in CASES if isinstance(case.outcome, Refused)]
LOADED = [pytest.param(case, id=case.name) for case in CASES if isinstance(case.outcome, Loaded)]
LINE_END = re.compile(r"\r\n|\r|\n")


def load(folder: Path, case: Case, content: bytes | None = None) -> Lake:
    folder.mkdir(exist_ok=True)
    return load_orders(folder, case.content if content is None else content, case.file, **case.mapping)


def refresh(data: Path, shop: Path, **environment: str):
    """`python -m etl refresh` in this process."""
    given = {"TENURE_DATA_DIR": str(data)} | environment
    return CliRunner().invoke(app, ["refresh", "--source", "csv_folder", "--path", str(shop), "--json"], env=given)


def text_of(case: Case) -> str:
    return case.content.decode(case.encoding).removeprefix("\ufeff")


def physical_lines(text: str) -> list[str]:
    lines = LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a snapshot of the two good lines."""
    folder = tmp_path_factory.mktemp("published")
    shop = shop_folder(folder, {"orders.csv": "\n".join([HEADER, ONE, TWO, ""])})
    done = refresh(folder / "data", shop)
    assert done.exit_code == 0, done.output
    return folder / "data"


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_gets_one_sentence_and_changes_nothing(case: Case, published: Path, tmp_path: Path):
    assert isinstance(case.outcome, Refused)
    before = tree(published)
    done = refresh(published, shop_folder(tmp_path, {case.file: case.content}, **case.mapping))
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    refusal = json.loads(done.stdout.splitlines()[-1])
    assert refusal["error"] in ("SourceError", "MappingError", "NothingUsable")
    assert refusal["message"]
    assert refusal["hint"]
    sentence = f"{refusal['message']} {refusal['hint']}"
    assert "\n" not in sentence
    assert len(sentence) < 1000
    for word in case.outcome.words:
        assert word in sentence
    assert tree(published) == before


@pytest.mark.parametrize("case", LOADED)
def test_every_line_of_a_file_is_accounted_for(case: Case, tmp_path: Path):
    expected = case.outcome
    assert isinstance(expected, Loaded)
    lake = load(tmp_path, case)
    batch = lake.batches[0]
    lines = expected.lines or len(physical_lines(text_of(case)))
    assert batch.physical_lines == lines
    assert adds_up(batch)
    assert [row[0] for row in accepted(lake, "customer_id")] == list(expected.customers)
    found = [(line, reasons, tuple(names)) for line, reasons, names in rejected(lake, "line_number, reasons, columns")]
    assert found == [(reject.line, reject.reasons, reject.columns) for reject in expected.rejects]
    assert (batch.accepted_rows, batch.rejected_rows) == (len(expected.customers), len(expected.rejects))
    money = [Decimal(amount or 0) for amount in (batch.raw_amount, batch.accepted_amount, batch.rejected_amount)]
    assert money[0] == money[1] + money[2] == Decimal(expected.money)
    for number, kept in rejected(lake, "line_number, raw_row"):
        line = physical_lines(text_of(case))[number - 1]
        held = json.loads(kept)
        assert held == ({"line": line} if held.keys() == {"line"} else cells(line))


def cells(line: str) -> dict[str, str]:
    return dict(zip(HEADER.split(","), next(csv.reader([line])), strict=True))


@pytest.mark.parametrize("case", LOADED[::3])
def test_a_file_loaded_twice_is_the_same_batch_with_the_same_rows(case: Case, tmp_path: Path):
    one, other = load(tmp_path / "one", case), load(tmp_path / "other", case)
    assert replace(one.batches[0], origin="") == replace(other.batches[0], origin="")
    assert accepted(one) == accepted(other)
    assert rejected(one, "*") == rejected(other, "*")
    before = tree(settings_in(tmp_path / "one").data_dir)
    load(tmp_path / "one", case)
    assert tree(settings_in(tmp_path / "one").data_dir) == before


def shuffled(case: Case, lake: Lake) -> bytes:
    """The file with its rows in another order; blank lines stay behind the row they follow."""
    text, ends = text_of(case), [found.end() for found in LINE_END.finditer(text_of(case))]
    ends += [len(text)] if text and not text.endswith(("\n", "\r")) else []
    starts = [0, *ends]
    first = lake.batches[0].header_lines + next(n for n, line in enumerate(physical_lines(text)) if line)
    numbers = [row[0] for row in accepted(lake, "line_number") + rejected(lake, "line_number")]
    cuts = [starts[number - 1] for number in sorted(numbers)] + [len(text)]
    rows = [text[begin:end] for begin, end in itertools.pairwise(cuts)]
    rows[-1] += "" if rows[-1].endswith(("\n", "\r")) else "\n"
    random.Random(7).shuffle(rows)
    head = text[: starts[first]] if lake.batches[0].header_lines else ""
    return (head + "".join(rows)).encode(case.encoding)


@pytest.mark.parametrize("case", [case for case in LOADED if case.values[0].outcome.lines is None][::3])
def test_the_order_of_the_rows_changes_no_total(case: Case, tmp_path: Path):
    lake = load(tmp_path / "one", case)
    other = load(tmp_path / "other", case, shuffled(case, lake))
    assert _totals(lake.batches[0]) == _totals(other.batches[0])
    assert sorted(accepted(lake, "order_id, ordered_at, customer_id, quantity, unit_price")) == sorted(
        accepted(other, "order_id, ordered_at, customer_id, quantity, unit_price")
    )


def _totals(batch: Batch) -> tuple[object, ...]:
    names = ("physical_lines", "blank_lines", "accepted_lines", "rejected_lines", "accepted_rows", "rejected_rows")
    money = ("raw_amount", "accepted_amount", "rejected_amount", "reasons", "date_formats")
    return tuple(getattr(batch, name) for name in names + money)


@pytest.mark.parametrize("case", LOADED[::8])  # a refresh each; all of them were tried when the corpus was made
def test_what_was_loaded_becomes_a_snapshot_or_a_rule_says_why_not(case: Case, tmp_path: Path):
    shop = shop_folder(tmp_path, {case.file: case.content}, **case.mapping)
    done = refresh(tmp_path / "data", shop, TENURE_MAX_REJECT_SHARE="1")
    assert isinstance(done.exception, (SystemExit, type(None)))
    assert done.exit_code in (0, 3), done.output
