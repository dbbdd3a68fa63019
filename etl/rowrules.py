"""Row rules of one table in a single scan: each rule is a bit of a mask, and the masks hold every count.

A rule says what is wrong with a row. SQL knows three answers, so each predicate stands in a CASE: what is not true is
no violation, and no row escapes both the rule and its opposite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from etl.rule import CUSTOMER, ROWS_KEPT, Result, Rule
from etl.work import Connection

BITS = 64
SHOWN = {
    "staging.order_lines": (
        "batch_id", "line_number", "order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price",
        "kind", "amount",
    )
}  # fmt: skip
"Columns of an offending row the reader sees; of other tables all."


def apply(connection: Connection, rules: Iterable[Rule]) -> Iterator[Result]:
    """The results of row rules of any tables; offending rows go to quality.offending_rows."""
    tables: dict[str, list[Rule]] = {}
    for rule in rules:
        tables.setdefault(rule.table, []).append(rule)
    for table, found in tables.items():
        for start in range(0, len(found), BITS):
            yield from _scan(connection, table, found[start : start + BITS])


def mask(rules: Sequence[Rule]) -> str:
    """SQL of the mask of a row: bit n is set where it offends rule n; zero where it offends none, never NULL."""
    none = "cast(0 as ubigint)"
    bits = (
        f"case when ({rule.sql}) then cast({1 << bit} as ubigint) else {none} end" for bit, rule in enumerate(rules)
    )
    return " | ".join(bits)


def relation(table: str, rules: Sequence[Rule]) -> str:
    """SQL of the table beside what its rules compare with."""
    joins = sorted({rule.join for rule in rules if rule.join})
    return " ".join([table, *(f"left join {other} using ({key})" for other, key in joins)])


def _scan(connection: Connection, table: str, rules: Sequence[Rule]) -> Iterator[Result]:
    _require_one_row_each(connection, rules)
    columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    shown = SHOWN.get(table, columns)
    customer = next((name for name in CUSTOMER if name in columns), None)
    _mark(connection, table, rules, [*shown, *([customer] if customer else [])])
    checked = connection.execute(f"select count(*) from {table}").fetchall()[0][0]
    masks = _masks(connection, has_amount="amount" in columns)
    touched = _customers(connection, customer) if customer else []
    for bit, rule in enumerate(rules):
        mine = [(rows, money) for mask, rows, money in masks if mask >> bit & 1]
        if mine:
            _keep(connection, rule, 1 << bit, shown)
        amounts = [money for _, money in mine if money is not None]
        people = sum(number for mask, number in touched if mask >> bit & 1)
        yield Result(
            rule, sum(rows for rows, _ in mine), checked,
            sum(amounts, Decimal(0)) if amounts else None,
            people if customer else None,
        )  # fmt: skip


def _mark(connection: Connection, table: str, rules: Sequence[Rule], columns: Sequence[str]) -> None:
    """The scan: offending rows with their mask, in the table `marked`."""
    kept = ", ".join(dict.fromkeys(columns))
    connection.execute(
        f"""create or replace temp table marked as
            from (select {kept}, {mask(rules)} as mask from {relation(table, rules)}) where mask <> 0"""
    )


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


def _keep(connection: Connection, rule: Rule, bit: int, shown: Sequence[str]) -> None:
    connection.execute(
        f"""insert into quality.offending_rows
            select $rule, cast(to_json(kept) as varchar) from (
                select {", ".join(shown)} from marked where mask & {bit} <> 0 order by all limit {ROWS_KEPT}
            ) as kept""",
        {"rule": rule.check_id},
    )


def _require_one_row_each(connection: Connection, rules: Sequence[Rule]) -> None:
    """Raises ValueError where a joined table would count a row twice."""
    for other, key in sorted({rule.join for rule in rules if rule.join}):
        repeated = f"select count({key}) - count(distinct {key}) from {other}"
        if connection.execute(repeated).fetchall()[0][0]:
            raise ValueError(f"{other} has several rows of one {key}, so rules that join it would count rows twice")
