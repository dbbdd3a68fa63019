from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from etl import rowrules
from etl.check import TABLES, run
from etl.progress import Silent
from etl.rule import CUSTOMER, Rule, rules
from etl.work import Connection
from tests.etl.checking import transformed
from tests.etl.conftest import order_lines

ROW_RULES = [rule for rule in rules() if rule.scope == "row"]
OF_LINES = [rule for rule in ROW_RULES if rule.table == "staging.order_lines"]
LINES = order_lines(
    *[(f"o{n}", f"2025-{1 + n % 12:02d}-03 09:00", f"c{n % 7}", f"p{n % 5}", n % 4 - 1, n % 6 - 1) for n in range(200)]
)


def alone(connection: Connection, rule: Rule) -> tuple[int, Decimal | None, int | None]:
    """Rows, money and customers of one rule by a query of its own."""
    columns = [row[0] for row in connection.execute(f"describe {rule.table}").fetchall()]
    customer = next((name for name in CUSTOMER if name in columns), None)
    money = "sum(amount)" if "amount" in columns else "null"
    people = f"count(distinct {customer})" if customer else "null"
    joined = rowrules.relation(rule.table, rule.join)
    return connection.execute(f"select count(*), {money}, {people} from {joined} where {rule.sql}").fetchall()[0]


def test_at_least_eleven_rules_look_at_order_lines_together():
    assert len(OF_LINES) >= 11


def test_masks_count_rows_money_and_customers_as_each_rule_alone_does(tmp_path: Path):
    with transformed(tmp_path, {"order_lines": LINES}) as connection:
        # Any row may lack anything, and some are absurd: combinations no delivery thinks of.
        connection.execute("update staging.order_lines set order_date = date '1970-01-01' where line_number % 9 = 0")
        connection.execute("update staging.order_lines set customer_key = null where line_number % 5 = 0")
        connection.execute("update staging.order_lines set product_key = null where line_number % 11 = 0")
        connection.execute("update staging.order_lines set amount = null where line_number % 13 = 0")
        found = {item.rule.check_id: item for item in run(connection, Silent()) if item.rule.scope == "row"}
        assert sum(item.offending_rows > 0 for item in found.values()) >= 6
        for rule in ROW_RULES:
            result = found[rule.check_id]
            assert (result.offending_rows, result.amount, result.customers) == alone(connection, rule), rule.check_id


def test_a_row_of_nulls_and_any_mix_of_nulls_is_classified_exactly_once(tmp_path: Path):
    dice = random.Random(7)
    with transformed(tmp_path, {"order_lines": LINES}) as connection:
        names = [row[0] for row in connection.execute("describe staging.order_lines").fetchall()]
        connection.execute("insert into staging.order_lines (batch_id) values (null)")
        for _ in range(50):
            kept = [name if dice.random() < 0.5 else "null" for name in names]
            source = f"select {', '.join(kept)} from staging.order_lines where line_number = {dice.randint(2, 201)}"
            connection.execute(f"insert into staging.order_lines {source}")
        run(connection, Silent())
        of_one_row = list(enumerate(rule for rule in OF_LINES if not rule.join))
        masked = f"select {rowrules.mask(of_one_row)} as mask from staging.order_lines"
        rows, clean, offending, unknown = connection.execute(
            f"""select (select count(*) from staging.order_lines), count(*) filter (mask = 0),
                count(*) filter (mask <> 0), count(*) filter (mask is null) from ({masked})"""
        ).fetchall()[0]
        assert rows > 250
        assert (clean + offending, unknown) == (rows, 0)
        assert min(clean, offending) > 0


def test_a_sample_names_customer_and_product_as_the_file_does(tmp_path: Path):
    with transformed(tmp_path, {"order_lines": LINES}) as connection:
        held = {row[0] for row in connection.execute("describe staging.order_lines").fetchall()}
        run(connection, Silent())
        found = connection.execute(
            """select row_json ->> 'customer_id', row_json ->> 'product_id' from quality.offending_rows
               where check_id = 'zero_prices' and row_json ->> 'order_id' = 'o19'"""
        ).fetchall()
    assert not held & {"customer_id", "product_id", "category"}  # compressing text is what that table costs
    assert found == [("c5", "p4")]


@pytest.fixture
def small() -> Connection:
    connection = duckdb.connect()
    connection.execute("create schema quality")
    connection.execute("create schema raw")
    connection.execute(
        "create view raw.rejects as select 1 as batch_id, 1 as line_number, '' as entity, 0 as amount, '' as reasons"
    )
    connection.execute(TABLES)
    connection.execute("create schema desk")
    connection.execute("create table numbers as select n, n as amount from range(100) as numbers(n)")
    return connection


def rule(**what: object) -> Rule:
    return replace(ROW_RULES[0], **({"table": "numbers", "join": None} | what))


def test_the_sixty_fourth_rule_has_its_bit_and_the_sixty_fifth_a_scan_of_its_own(small: Connection):
    many = [rule(check_id=f"r{n}", sql=f"n = {n}") for n in range(66)]
    found = list(rowrules.apply(small, many))
    assert [(item.offending_rows, item.amount) for item in found] == [(1, Decimal(n)) for n in range(66)]


def test_a_table_beside_the_rows_that_would_count_them_twice_is_refused(small: Connection):
    small.execute("create table desk.twice as select 1 as n, true as odd from range(2)")
    with pytest.raises(ValueError, match=r"desk\.twice has several rows of one n"):
        list(rowrules.apply(small, [rule(sql="odd", join=("desk.twice", "n"))]))


def test_samples_are_the_first_hundred_rows_of_the_rule_in_a_fixed_order(small: Connection):
    small.execute("insert into numbers select n, 0 from range(200, 500) as numbers(n)")
    list(rowrules.apply(small, [rule(check_id="late", sql="n >= 200"), rule(check_id="one", sql="n = 7")]))
    kept = small.execute("select check_id, count(*), max(row_json) from quality.offending_rows group by 1 order by 1")
    assert kept.fetchall() == [("late", 100, '{"n":299,"amount":0}'), ("one", 1, '{"n":7,"amount":7}')]
