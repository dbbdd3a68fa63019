"""The rules applied: how each went, on which rows, with how much money and how many customers on them.

A failed stop ends the refresh.
"""

from __future__ import annotations

from dashapp.errors import QualityStop
from etl import affected, columns, desk, rowrules
from etl.progress import Progress
from etl.rows import insert
from etl.rule import CUSTOMER, ROWS_KEPT, Result, Rule, rules
from etl.work import Connection

__all__ = ["Result", "Rule", "check", "rules", "run"]

REJECTS_KEPT = 10_000

TABLES = f"""
    create table quality.check_results (
        check_id VARCHAR, dimension VARCHAR, severity VARCHAR, table_name VARCHAR, status VARCHAR,
        offending_rows BIGINT, checked_rows BIGINT, amount DECIMAL(28,2), title VARCHAR, help VARCHAR,
        owner VARCHAR, sla_hours INTEGER, action VARCHAR, customers BIGINT, clv DECIMAL(28,2)
    );
    create table quality.offending_rows (check_id VARCHAR, row_json VARCHAR);
    create table quality.rejects as select * from raw.rejects order by batch_id, line_number limit {REJECTS_KEPT};
    create table quality.reject_counts as
        select entity, reason, cast(count(*) as bigint) as lines, cast(sum(amount) as decimal(28, 2)) as amount
        from (select entity, amount, trim(unnest(string_split(reasons, ','))) as reason from raw.rejects) as reasons
        group by entity, reason;
"""


def check(connection: Connection, progress: Progress) -> tuple[Result, ...]:
    """Apply every rule and keep the results in quality.*. Raises QualityStop after the last when one says stop."""
    results = run(connection, progress)
    if stopping := [result for result in results if result.stops]:
        first = stopping[0]
        titles = "; ".join(f"{item.rule.title}: {item.offending_rows:,} rows do not comply" for item in stopping)
        raise QualityStop(f"The data was not published. {titles}.", first.rule.help)
    return results


def run(connection: Connection, progress: Progress) -> tuple[Result, ...]:
    """The same without the stop: for `python -m etl check`."""
    connection.execute(TABLES)
    desk.build(connection)
    columns.build(connection)
    every = rules()
    progress.step("check", 0, "Rules of single rows")
    results = list(rowrules.apply(connection, (rule for rule in every if rule.scope == "row")))
    for rule in (rule for rule in every if rule.scope == "set"):
        progress.step("check", len(results) / len(every), rule.title)
        results.append(_apply(connection, rule))
    results.sort(key=lambda result: result.rule.check_id)
    _keep(connection, results)
    found = sum(result.status != "passed" for result in results)
    progress.step("check", 1.0, f"{len(every)} rules, {found} with findings")
    return tuple(results)


def _apply(connection: Connection, rule: Rule) -> Result:
    """One rule by itself: its rows are what offends it."""
    connection.execute(f"create or replace temp table offending as {rule.sql}")
    columns = [row[0] for row in connection.execute("describe offending").fetchall()]
    amount = "sum(amount)" if "amount" in columns else "null"
    named = next((name for name in CUSTOMER if name in columns), None)
    customer = f"count(distinct {named})" if named else "null"
    offending, checked, money, customers = connection.execute(
        f"""select count(*), (select count(*) from {rule.table}), cast({amount} as decimal(28, 2)), {customer}
            from offending"""
    ).fetchall()[0]
    if named:
        affected.remember(connection, [rule], f"(select cast(1 as ubigint) as mask, {named} from offending)", named)
    connection.execute(
        f"""insert into quality.offending_rows
            select ?, cast(to_json(kept) as varchar) from (from offending order by all limit {ROWS_KEPT}) as kept""",
        [rule.check_id],
    )
    return Result(rule, offending, checked, money, customers)


def _keep(connection: Connection, results: list[Result]) -> None:
    rows = [
        (
            rule.check_id, rule.dimension, rule.severity, rule.table, result.status, result.offending_rows,
            result.checked_rows, result.amount, rule.title, rule.help, rule.owner, rule.sla_hours, rule.action,
            result.customers,
        )
        for result in results
        for rule in [result.rule]
    ]  # fmt: skip
    insert(connection, "quality.check_results", [(*row, None) for row in rows])
