from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.store import brought, query
from tests.store.conftest import facts

ABOUT = facts(1, observed_from=date(2023, 1, 1), observed_until=date(2024, 3, 14))
WEEK = Filters(range="l7d", compare=Compare.PREVIOUS_PERIOD, country=("France", "Spain"), segment=("Loyal",))


def written(tmp_path: Path, text: str) -> query.Query:
    path = tmp_path / "asked.sql"
    path.write_text(text)
    return query.read(path)


def test_filters_become_bound_conditions_of_both_periods(tmp_path: Path):
    asked = written(
        tmp_path,
        "-- question: how much?\n-- filters: period country\n-- where: d\nselect sum({value}) filter ({where}) as now, "
        "sum({value}) filter ({previous_where}) as earlier from marts.customer_days as d",
    )
    sql, values = asked.statement(WEEK, ABOUT, {})
    assert "sum(net_sales)" in sql
    assert "d.order_date between $w_start and $w_end and d.country in ($w_country_0, $w_country_1)" in sql
    assert "segment" not in sql
    assert (values["w_start"], values["w_end"]) == (date(2024, 3, 8), date(2024, 3, 14))
    assert (values["p_start"], values["p_end"]) == (date(2024, 3, 1), date(2024, 3, 7))
    assert values["w_country_1"] == "Spain"
    assert "France" not in sql


def test_a_value_from_the_address_is_never_part_of_the_sql(tmp_path: Path):
    asked = written(tmp_path, "-- filters: country channel\nselect 1 as one where {where}")
    attack = "x'); drop table marts.customers; --"
    sql, values = asked.statement(Filters(country=(attack,), channel=(attack,)), ABOUT, {})
    assert "drop" not in sql
    assert attack in values.values()


def test_without_a_comparison_the_earlier_period_matches_nothing(tmp_path: Path):
    asked = written(tmp_path, "-- filters: period\nselect 1 as one where {previous_where}")
    sql, values = asked.statement(Filters(compare=Compare.NONE), ABOUT, {})
    assert sql.endswith("where false")
    assert values == {}


def test_only_known_values_that_are_used_are_bound(tmp_path: Path):
    asked = written(tmp_path, "select $observed_until as day, $customer_key as key")
    _, values = asked.statement(Filters(), ABOUT, {"customer_key": 7})
    assert values == {"observed_until": ABOUT.observed_until, "customer_key": 7}


def test_the_basis_is_a_column_of_the_enum(tmp_path: Path):
    asked = written(tmp_path, "select {value} as value")
    sql, _ = asked.statement(Filters(basis=Basis.GROSS_MARGIN), ABOUT, {})
    assert sql == "select gross_margin as value"


def test_declared_columns_may_hold_decimals(tmp_path: Path):
    asked = written(tmp_path, "-- columns: day DATE, net_sales DECIMAL(16,2), n BIGINT\nselect 1")
    assert asked.columns == (("day", "DATE"), ("net_sales", "DECIMAL(16,2)"), ("n", "BIGINT"))


def test_an_unknown_filter_in_a_header_is_a_bug(tmp_path: Path):
    with pytest.raises(ValueError, match="colour"):
        written(tmp_path, "-- filters: colour\nselect 1")


def test_a_table_that_nobody_brings_is_empty_and_one_that_is_brought_is_joined(tmp_path: Path):
    asked = written(tmp_path, "-- tables: found(customer_key UINTEGER, place TINYINT)\nselect place from found")
    tables, values = brought.split(asked, {"limit": 3})
    assert {name: str(kind) for name, kind in tables["found"].dtypes.items()} == {
        "customer_key": "uint32",
        "place": "int8",
    }
    assert values == {"limit": 3}


def test_the_signs_of_an_order_come_from_the_whitelist(tmp_path: Path):
    asked = written(
        tmp_path, "-- where: c\n-- sort: clv days\nselect {sort} from c where {sort} {beyond} 1 order by {order}"
    )
    sql, _ = asked.statement(Filters(), ABOUT, {"sort": "days", "descending": False})
    assert sql == "select c.days from c where c.days > 1 order by c.days asc nulls last"
