"""The straight way and the way over text give the same table, or the straight way steps back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from etl import dates, rawtable, straight, typed
from etl.entities import ENTITIES
from etl.source import DeliveredFile, Reading
from tests.etl.loading import accepted, load_orders, orders, rejected

ENTITY = ENTITIES["order_lines"]
NAMES = ("order_id", "ordered_at", "customer_id", "quantity", "unit_price", "country")
GOOD = {
    "order_id": ["1", "00123", " 7 ", "E5", "1e5", '"a,b"', '"say ""hi"""', "17850.0", "é", "None"],
    "ordered_at": ["2024-01-31 10:00:00", "2024-02-29 23:59:59", "1999-12-31 00:00:00"],
    "customer_id": ["", '""', "  ", "00123", "NULL", "nan", "-", "17850.0", "\u3000x"],
    "quantity": ["1", "-2", "+3", " 4 ", ".5", "5.", "1e2", "0.0005", "12.3456", "-0", "007", "1E-1"],
    "unit_price": ["1.50", "0", "9.99995", "-9.90", "99999999.99995", "1e3", " 2", "2.5E+1"],
    "country": ["", "Spain", "unspecified", "Unknown", " Great Britain "],
}
ODD = {
    "order_id": ["", "1.785E+04", "1.7850e04", "  ", '"x\ny"', "a_b"],
    "ordered_at": [
        "", "epoch", "infinity", "-infinity", "now", "2024-01-31", "0001-01-01 00:00:00", "2099-01-01 10:00:00",
        "2024-02-30 10:00:00", "2024-01-31T10:00:00", "2024-01-31 10:00:00+02", "2024-1-5 1:2:3", "1900-12-31 10:00:00",
        "2024-01-31 10:00:00.5", " 2024-01-31 10:00:00 ", "2024-01-31 10:00:00 PM", "2025-06-30 24:00:00",
        "2024-01-31  10:00:00", "2024-01-31 10:00",
    ],
    "customer_id": ["1.785E+04", "9.1e+11"],
    "quantity": ["", "two", "1_000", "0x10", "inf", "nan", "1,5", "1 000", "1e400", "99999999999", "--1", "1e", "true"],
    "unit_price": ["", "NaN", "1_0", "$5", "1.5.0", "1e-400", "123456789012345", "∞"],
    "country": ["a\tb", '"'],
}  # fmt: skip


def line(odd: bool) -> st.SearchStrategy[str]:
    cells = [st.sampled_from(GOOD[name]) for name in NAMES]
    lines = st.tuples(*cells)
    if odd:
        strange = st.sampled_from([(place, value) for place, name in enumerate(NAMES) for value in ODD[name]])
        lines = st.tuples(lines, strange).map(
            lambda drawn: (*drawn[0][: drawn[1][0]], drawn[1][1], *drawn[0][drawn[1][0] + 1 :])
        )
    return lines.map(",".join)


FILES = st.tuples(st.lists(line(False), min_size=1, max_size=6), st.lists(line(True), max_size=1)).map(
    lambda parts: [*parts[0], *parts[1]]
)


def both(text: str, folder: Path, reading: Reading) -> tuple[list | None, list | str]:
    """The table by the straight way (None: it steps back) and by the way over text (or what stopped it)."""
    path = folder / "orders.csv"
    path.write_text(text, encoding="utf-8")
    file = DeliveredFile("order_lines", path, {name: (name,) for name in NAMES}, reading)
    with duckdb.connect() as con:
        con.execute("SET disabled_optimizers = 'type_pushdown'")
        try:
            raw = rawtable.read(con, file, folder)
            columns = {name: raw.names.index(name) for name in NAMES}
            days = {"ordered_at": reading.date_format or dates.infer(con, raw.relation, typed.clean(raw, 1), "here")}
            arguments = (con, ENTITY, raw, columns, reading, days, "2025-07-02")
            quick = table(con) if straight.build(*arguments) else None
            typed.build(*arguments)
            return quick, table(con)
        except Exception as error:  # a refused file: the straight way must not have accepted it
            return None, str(error)


def table(con: duckdb.DuckDBPyConnection) -> list:
    columns = ", ".join(column.name for column in ENTITY.columns)
    return con.execute(
        f"select line_number, line_span, {columns}, mask, amount, raw_row from typed order by line_number"
    ).fetchall()


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=FILES, whole=st.booleans())
@example(lines=["1,2024-01-31 10:00:00,c,1,1.50,x", "2,epoch,c,1,1.50,x"], whole=False)
def test_both_ways_give_the_same_rows(tmp_path_factory: pytest.TempPathFactory, lines: list[str], whole: bool):
    folder = tmp_path_factory.mktemp("csv", numbered=True)
    text = "\n".join([",".join(NAMES), *lines, ""])
    reading = Reading(whole_number_ids=whole, unknown_words=("Unspecified", "Unknown"))
    quick, slow = both(text, folder, reading)
    if quick is not None:
        assert quick == slow


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in NAMES for value in ODD[name]])
def test_one_strange_cell_is_judged_alike(tmp_path: Path, name: str, value: str):
    usual = dict(zip(NAMES, ("1", "2024-01-31 10:00:00", "c", "1", "1.50", "x"), strict=True))
    text = "\n".join([",".join(NAMES), ",".join(usual.values()), ",".join((usual | {name: value}).values()), ""])
    quick, slow = both(text, tmp_path, Reading())
    assert quick in (None, slow)


def test_good_cells_take_the_straight_way(tmp_path: Path):
    for name in NAMES:
        for value in GOOD[name]:
            usual = dict(zip(NAMES, ("1", "2024-01-31 10:00:00", "c", "1", "1.50", "x"), strict=True))
            text = "\n".join([",".join(NAMES), ",".join((usual | {name: value}).values()), ""])
            quick, slow = both(text, tmp_path, Reading())
            assert quick is not None, (name, value)
            assert quick == slow


@pytest.mark.parametrize(
    "reading",
    [Reading(decimal_comma=True), Reading(thousands=","), Reading(timezone="Europe/London"), Reading(returns=True)],
)
def test_numbers_and_times_of_their_own_are_left_to_the_text(tmp_path: Path, reading: Reading):
    text = "\n".join([",".join(NAMES), "1,2024-01-31 10:00:00,c,1,150,x", ""])
    quick, slow = both(text, tmp_path, reading)
    assert quick is None
    assert len(slow) == 1


def test_what_a_load_keeps_and_rejects_does_not_depend_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    good = [f"{n},2024-01-{n:02d} 10:00:00,00{n},{n},{n}.37" for n in range(1, 20)]
    for name, lines in {"clean": good, "dirty": [*good, "20,x,c,1,1", "1.785E+04,2024-01-01,c,1,1", "a,b"]}.items():
        found = []
        for number, way in enumerate((straight.build, lambda *_: False)):
            monkeypatch.setattr(straight, "build", way)
            folder = tmp_path / f"{name}{number}"
            folder.mkdir()
            lake = load_orders(folder, orders(*lines))
            found.append((accepted(lake), rejected(lake), replace(lake.batches[0], origin="")))
            monkeypatch.undo()
        assert found[0] == found[1]
