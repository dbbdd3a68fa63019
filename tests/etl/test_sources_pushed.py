"""What a program pushes: canonical fields, numbers as they were written, every line accounted for."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashapp.errors import InputError, NothingUsable, SourceError
from etl import load
from etl.__main__ import app
from etl.lake import Lake
from tests.etl.loading import GOOD, NOW, Heard, accepted, load_orders, orders, rejected, settings_in

LINE = {"order_id": "1", "ordered_at": "2024-05-06T10:00:00", "customer_id": "c1", "quantity": 2, "unit_price": 1.5}


def lines(*changes: dict[str, Any] | str) -> str:
    whole = [change if isinstance(change, str) else json.dumps(LINE | change) for change in changes]
    return "\n".join([*whole, ""])


def push(folder: Path, text: str, name: str = "a.jsonl", **options: str) -> Lake:
    path = folder / name
    path.write_text(text)
    given = {"entity": "order_lines", "currency": "EUR"} | options
    return load.load("pushed", path, given, settings_in(folder), Heard(), append=True, now=NOW)


def test_numbers_and_ids_keep_what_was_written(tmp_path: Path) -> None:
    exact = '{"order_id": 00, "ordered_at": "2024-05-06", "quantity": 1, "unit_price": 1}'
    text = (
        '{"order_id": "00123", "ordered_at": "2024-05-06", "customer_id": 12345678901234567890, "quantity": 1e2,'
        ' "unit_price": 123456789.1234, "product_id": 17850.0, "country": null}'
    )
    lake = push(tmp_path, lines(text, exact))
    columns = "line_number, order_id, customer_id, product_id, quantity, unit_price, country"
    price = Decimal("123456789.1234")
    assert accepted(lake, columns) == [(1, "00123", "12345678901234567890", "17850.0", Decimal(100), price, None)]
    assert rejected(lake) == [(2, "bad_json")]


def test_a_moment_needs_a_time_zone_and_becomes_the_wall_clock_there(tmp_path: Path) -> None:
    text = lines({}, {"order_id": "2", "ordered_at": "2024-07-01T23:30:00Z"})
    assert rejected(push(tmp_path, text)) == [(2, "bad_date")]
    lake = push(tmp_path, text, timezone="Europe/Berlin")
    assert str(accepted(lake, "ordered_at", order="order_id")[-1][0]) == "2024-07-02 01:30:00"


def test_pushes_add_and_correct_and_leave_the_feed_alone(tmp_path: Path) -> None:
    before = load_orders(tmp_path, orders(GOOD))
    push(tmp_path, lines({"order_id": "2"}), "a.jsonl")
    lake = push(tmp_path, lines({"order_id": "3"}), "b.jsonl")
    assert lake.feed == before.feed
    assert sorted(accepted(lake, "order_id")) == [("1",), ("2",), ("3",)]
    assert push(tmp_path, lines({"order_id": "3"}), "c.jsonl") == lake
    again = load.load(None, None, {}, settings_in(tmp_path), Heard(), now=NOW)
    assert sorted(accepted(again, "order_id")) == [("1",), ("2",), ("3",)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lines({"custmer_id": "c"}), "order_lines has no field 'custmer_id'. Did you mean 'customer_id'?"),
        (lines({"customer": {"id": 7}}), "no field 'customer.id'"),
        ("order_id,quantity\n1,2\n", "does not begin with a JSON object"),
        (f"[{json.dumps(LINE)}]", "one JSON array"),
        ('{"order_id": "1"}\n', "no column 'ordered_at'"),
        ("\n", "does not begin with"),
        (lines({"quantity": 1000, "unit_price": 9999999999}), "Quantity times price is a hundred billion or more"),
    ],
)
def test_what_is_not_as_pushed_rows_are_is_refused_as_a_whole(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        push(tmp_path, text)
    assert words in caught.value.sentence()
    assert not (tmp_path / "data" / "lake" / "manifest.json").exists()


def test_the_first_push_of_all_needs_a_currency(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the currency is not known"):
        push(tmp_path, lines({}), currency="")
    assert push(tmp_path, lines({}), shop="Corner").feed.shop.name == "Corner"


def test_when_nothing_can_be_used_the_lines_are_told(tmp_path: Path) -> None:
    with pytest.raises(NothingUsable) as caught:
        push(tmp_path, lines(*({"quantity": "many", "unit_price": "dear"} for _ in range(120))))
    assert len(caught.value.rejects) == 100
    assert caught.value.rejects[0]["line"] == 1
    assert caught.value.rejects[0]["reasons"] == ["bad_quantity", "bad_price"]
    assert caught.value.rejects[0]["sentences"][1] == "The price is not an amount of money."


def test_a_refresh_says_what_became_of_the_lines_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "a.jsonl"
    path.write_text(lines(*({"order_id": str(n)} for n in range(40)), "", {"unit_price": "x"}, "{broken"))
    options = ["--option", "entity=order_lines", "--option", "currency=EUR"]
    command = ["refresh", "--json", "--source", "pushed", "--path", str(path), "--append", *options]
    answer = CliRunner().invoke(app, command)
    done = json.loads(answer.stdout.splitlines()[-1])
    assert (done["event"], done["accepted"], done["rejected"], done["published"]) == ("done", 40, 2, True)
    assert [(one["line"], one["reasons"]) for one in done["rejects"]] == [(42, ["bad_price"]), (43, ["bad_json"])]
    again = json.loads(CliRunner().invoke(app, command).stdout.splitlines()[-1])
    assert (again["published"], again["accepted"]) == (False, 40)
