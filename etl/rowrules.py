"""Row rules of one table together: each rule is a bit of a mask, one scan makes the masks, and they hold every count.

A rule says what is wrong with a row. SQL knows three answers, so each predicate stands in a CASE: what is not true is
no violation, and no row escapes both the rule and its opposite.

Rules that compare with a table of the desk see only the rows that table speaks of: a scan filtered by its few keys
costs a tenth of carrying every row through a join.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from etl import affected
from etl.rule import CUSTOMER, ROWS_KEPT, Result, Rule
from etl.work import Connection

BITS = 64
LINE = ("batch_id", "line_number")
"What tells delivered lines apart, and orders them the same in every run."
SHOWN = {
    "staging.order_lines": (
        "line.batch_id", "line.line_number", "line.order_id", "line.ordered_at", "source.customer_id",
        "source.product_id", "line.quantity", "line.unit_price", "line.kind", "line.amount",
    )
}  # fmt: skip
"Columns of an offending row the reader sees; of other tables all."
DELIVERED = {
    "staging.order_lines": """left join raw.order_lines as source
                on source.batch_id = line.batch_id and source.line_number = line.line_number"""
}
"Where a column that is shown lies, if not in the table itself: as `source`."


def apply(connection: Connection, rules: Iterable[Rule]) -> Iterator[Result]:
    """The results of row rules of any tables; offending rows go to quality.offending_rows."""
    tables: dict[str, list[Rule]] = {}
    for rule in rules:
        tables.setdefault(rule.table, []).append(rule)
    for table, found in tables.items():
        for start in range(0, len(found), BITS):
            yield from _scan(connection, table, found[start : start + BITS])


def mask(rules: Sequence[tuple[int, Rule]]) -> str:
    """SQL of the mask of a row: bit n is set where it offends rule n; zero where it offends none, never NULL."""
    none = "cast(0 as ubigint)"
    return " | ".join(f"case when ({rule.sql}) then cast({1 << bit} as ubigint) else {none} end" for bit, rule in rules)


def relation(table: str, join: tuple[str, str] | None) -> str:
    """SQL of the table, as `checked`; beside another, the rows that share its key."""
    return f"{table} as checked inner join {join[0]} using ({join[1]})" if join else f"{table} as checked"


def _scan(connection: Connection, table: str, rules: Sequence[Rule]) -> Iterator[Result]:
    _require_one_row_each(connection, rules)
    columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    customer = next((name for name in CUSTOMER if name in columns), None)
    _mark(connection, table, rules, {*LINE, "amount", customer or "amount"}.intersection(columns))
    checked = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
    masks = _masks(connection, has_amount="amount" in columns)
    touched = _customers(connection, customer) if customer else []
    if customer:
        affected.remember(connection, rules, "marked", customer)
    for bit, rule in enumerate(rules):
        mine = [(rows, money) for mask, rows, money in masks if mask >> bit & 1]
        amounts = [money for _, money in mine if money is not None]
        people = sum(number for mask, number in touched if mask >> bit & 1)
        yield Result(
            rule, sum(rows for rows, _ in mine), checked,
            sum(amounts, Decimal(0)) if amounts else None,
            people if customer else None,
        )  # fmt: skip
    _keep_samples(connection, table, rules, columns)


def _mark(connection: Connection, table: str, rules: Sequence[Rule], columns: Iterable[str]) -> None:
    """Offending rows by their row id, with their mask and what is counted, in the table `marked`.

    A row stands there once for each joined table and once for all rules without one; no bit stands in two of them.
    """
    kept = "".join(f"{column}, " for column in sorted(columns))
    groups: dict[tuple[str, str] | None, list[tuple[int, Rule]]] = {}
    for bit, rule in enumerate(rules):
        groups.setdefault(rule.join, []).append((bit, rule))
    scans = " union all ".join(
        f"""from (select checked.rowid as row_id, {kept}{mask(group)} as mask from {relation(table, join)})
            where mask <> 0"""
        for join, group in groups.items()
    )
    connection.execute(f"create or replace temp table marked as {scans}")


def _masks(connection: Connection, has_amount: bool) -> list[tuple[int, int, Decimal | None]]:
    """Mask, rows and money of every combination of rules that occurs: few, so the counts of one rule are a sum."""
    money = f"cast(sum({'amount' if has_amount else 'null'}) as decimal(16, 2))"
    return connection.execute(f"select mask, count(*), {money} from marked group by mask").fetchall()


def _customers(connection: Connection, column: str) -> list[tuple[int, int]]:
    """Mask of all rows of a customer, and how many customers share it."""
    return connection.execute(
        f"""select mask, count(*)
            from (select bit_or(mask) as mask from marked where {column} is not null group by {column})
            group by mask"""
    ).fetchall()


def _keep_samples(connection: Connection, table: str, rules: Sequence[Rule], columns: Sequence[str]) -> None:
    """The first offending rows of each rule, found among the marked and read from the table in one query."""
    order = ", ".join(name for name in LINE if name in columns) or "row_id"
    first = " union all ".join(
        f"""select * from (select $rules[{bit + 1}] as check_id, row_id from marked
            where mask & cast({1 << bit} as ubigint) <> 0 order by {order} limit {ROWS_KEPT})"""
        for bit in range(len(rules))
    )
    shown = ", ".join(f"{name.rpartition('.')[2]} := {name}" for name in SHOWN.get(table, columns))
    connection.execute(
        f"""insert into quality.offending_rows
            select first.check_id, cast(to_json(struct_pack({shown})) as varchar)
            from ({first}) as first
            inner join {table} as line on line.rowid = first.row_id
            {DELIVERED.get(table, "")}""",
        {"rules": [rule.check_id for rule in rules]},
    )


def _require_one_row_each(connection: Connection, rules: Sequence[Rule]) -> None:
    """Raises ValueError where a joined table would count a row twice."""
    for other, key in sorted({rule.join for rule in rules if rule.join}):
        repeated = f"select count({key}) - count(distinct {key}) from {other}"
        if connection.execute(repeated).fetchall()[0][0]:
            raise ValueError(f"{other} has several rows of one {key}, so rules that join it would count rows twice")
