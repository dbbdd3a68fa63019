"""A plan tells rejected lines by what would repair them; a meaning given once repairs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashapp.store import mappings
from etl.__main__ import app
from etl.reasons import REASONS, repair
from tests.etl.loading import COLUMNS, settings_in

HEADER = "order,date,customer,qty,price,a/b~c"
LINES = [
    "1,2024-05-06,c1,2,1.50,x",
    "2,2024-05-06,c1,two,1.50,x",
    "3,2024-05-07,c2,two,2,x",
    "4,2024-05-08,c2,three,2,x",
    "5,2024-05-08,c3,,2,x",
    "6,someday,c3,5,2,x",
    "7,2024-05-08,c3,1,2,1.5E+04",
    "8,2024-05-08,c3",
    "9,someday,c3,two,2,x",
]
Plan = Callable[..., dict[str, Any]]


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The plan of a file by a kept mapping."""
    settings = settings_in(tmp_path)
    monkeypatch.setenv("TENURE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TENURE_MAX_REJECT_SHARE", "1")

    def run(lines: list[str], **mapping: Any) -> dict[str, Any]:
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        (folder / "orders.csv").write_text("\n".join([HEADER, *lines, ""]))
        part = {"files": "orders.csv", "columns": {**COLUMNS, "product_id": "a/b~c"}, **mapping}
        mappings.write(settings, "ours", {"shop": {"name": "T", "currency": "EUR"}, "entities": {"order_lines": part}})
        arguments = ["plan", "--source", "csv_folder", "--path", str(folder), "--mapping", "ours", "--json"]
        return json.loads(CliRunner().invoke(app, arguments).output.splitlines()[-1])

    return run


def test_rejected_lines_stand_by_reason_and_column_with_their_money_and_examples(plan: Plan):
    told = plan(LINES)
    found = {(item["reason"], item["column"]): item for item in told["rejects"]}
    assert {key: item["lines"] for key, item in found.items()} == {
        ("bad_quantity", "qty"): 4,
        ("missing_quantity", "qty"): 1,
        ("bad_date", "date"): 2,
        ("scientific_id", "a/b~c"): 1,
        ("wrong_field_count", ""): 1,
    }
    words = found["bad_quantity", "qty"]
    assert words["sentence"] == REASONS["bad_quantity"]
    assert [(e["value"], e["lines"], e["line"]) for e in words["examples"]] == [("two", 3, 3), ("three", 1, 5)]
    assert json.loads(words["examples"][0]["row"])["order"] == "2"
    assert (words["canonical"], words["amount"]) == ("quantity", None)
    assert float(found["bad_date", "date"]["amount"]) == 10
    assert found["wrong_field_count", ""]["canonical"] == ""


def test_a_meaning_given_once_repairs_every_line_that_has_the_text(plan: Plan):
    before = plan(LINES)["rejects"][0]
    values = {before["canonical"]: {example["value"]: "2" for example in before["examples"]}}
    told = plan(LINES, values=values)
    assert "bad_quantity" not in [item["reason"] for item in told["rejects"]]
    assert told["batches"][0]["accepted_lines"] == 4
    assert told["batches"][0]["rejected_lines"] == 5


def test_nothing_rejected_is_nothing_told(plan: Plan):
    assert plan(LINES[:1])["rejects"] == []


def test_every_reason_says_what_to_do():
    assert all(repair(code).endswith(".") for code in REASONS)
    assert repair("missing_price") != repair("bad_price")
