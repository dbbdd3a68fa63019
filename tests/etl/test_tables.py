from __future__ import annotations

import re
from graphlib import CycleError
from pathlib import Path

import pytest

from etl.mend import IDS, TOUCHED, followed
from etl.tables import SQL, Table, all_tables, in_order, read


def table(name: str, *reads: str) -> Table:
    return Table(name, "", "", (), "", frozenset(reads))


def test_a_table_comes_after_everything_it_reads():
    names = [
        item.name for item in in_order([table("marts.b", "marts.a"), table("marts.a", "staging.z"), table("staging.z")])
    ]
    assert names == ["staging.z", "marts.a", "marts.b"]


def test_a_cycle_is_refused():
    with pytest.raises(CycleError):
        in_order([table("marts.a", "marts.b"), table("marts.b", "marts.a")])


def test_an_unknown_table_is_refused():
    with pytest.raises(ValueError, match=r"staging\.nowhere"):
        in_order([table("marts.a", "staging.nowhere")])


def test_a_name_in_a_comment_is_no_dependency(tmp_path: Path):
    path = tmp_path / "x.sql"
    path.write_text("-- grain: one\n-- reads nothing of marts.y\nselect 1 as a -- staging.z")
    assert read(path, "marts").reads == frozenset()


def test_what_is_not_kept_is_a_view(tmp_path: Path):
    path = tmp_path / "x.sql"
    path.write_text("-- grain: one\n-- kept: no\nselect 1 as a")
    assert read(path, "marts").is_view
    assert not next(item for item in all_tables() if item.name == "staging.order_lines").is_view


def test_every_mart_declares_grain_order_and_columns():
    marts = [item for item in all_tables() if item.published]
    assert len(marts) >= 11
    assert all(item.grain and item.sort and item.columns for item in marts)


@pytest.mark.parametrize("item", all_tables(), ids=lambda item: item.name)
def test_tables_keep_to_the_portable_subset(item: Table):
    """etl.md 3.3: constructs that mean something else, or nothing, on another engine."""
    banned = ("approx_", "hash(", "quantile_cont", "list(", "first(", "dayofweek", "isodow", "exclude (", "qualify")
    assert [word for word in banned if word in item.select.lower()] == []


def test_sums_are_told_by_their_header(tmp_path: Path):
    path = tmp_path / "x.sql"
    path.write_text("-- grain: one\n-- mends: sums by segment, order_date\nselect 1 as a from marts.customers")
    found = read(path, "marts")
    assert (found.sums_by, found.mends, found.stands, found.changed_in) == ("segment, order_date", "", False, "")
    path.write_text("-- grain: one\n-- mends: whole months\nselect 1 as a")
    assert (read(path, "marts").sums_by, read(path, "marts").stands) == ("", True)


@pytest.mark.parametrize("item", [item for item in all_tables() if item.sums_by], ids=lambda item: item.name)
def test_sums_are_by_columns_that_tell_rows_apart_and_the_first_of_the_others_counts(item: Table):
    """A row goes when nothing is counted any more."""
    keys = item.sums_by.split(", ")
    assert all(re.search(rf"\b{key}\b", item.select.partition("group by")[0]) for key in keys)
    aggregates = re.findall(
        r"\b(?:count|sum|avg|min|max)\([^)]*\)", item.select.replace("count(distinct category)", "")
    )
    assert aggregates[0] == "count(*)"
    assert {word.partition("(")[0] for word in aggregates} <= {"count", "sum"}


def test_every_mart_declares_what_newer_lines_mend():
    declared = [path for path in (SQL / "marts").glob("*.sql") if "\n-- mends: " in path.read_text()]
    assert len(declared) == len(list((SQL / "marts").glob("*.sql")))
    assert {item.mends for item in all_tables()} | {"retold"} == {"", *TOUCHED}


@pytest.mark.parametrize("item", [item for item in all_tables() if item.mends], ids=lambda item: item.name)
def test_a_mended_table_reads_of_the_delivery_the_lines_of_its_days_alone(item: Table):
    """Another entity would be read whole, and lines of other days would be counted again; of ids that are new now all
    there is came now."""
    assert item.mends in IDS or set(re.findall(r"\braw\.\w+", item.select)) <= {"raw.order_lines"}
    assert "raw." not in item.select or item.mends in ("order_date", *IDS)


@pytest.mark.parametrize("item", [item for item in all_tables() if item.sums_by], ids=lambda item: item.name)
def test_a_table_of_sums_reads_what_is_known_of_customers_before(item: Table):
    """Products and their categories come with lists, which make everything anew."""
    staged = {name for name in item.reads if name.startswith("staging.")}
    assert staged <= followed() | {"staging.products"}


@pytest.mark.parametrize("item", [item for item in all_tables() if item.changed_in], ids=lambda item: item.name)
def test_a_table_mended_by_the_rows_that_changed_in_another_reads_no_other_that_newer_lines_change(item: Table):
    assert item.reads == {item.changed_in}
    assert next(table for table in all_tables() if table.name == item.changed_in).mends
