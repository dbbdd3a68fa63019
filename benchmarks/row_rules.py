"""Every row rule over order lines, together, against a bare scan of the columns they read and one query per rule.

What is timed are the masks, exact counts, money and customers of each rule and its sample of offending rows. The lines
lie in a table as in a refresh; what rules compare with (the usual price of a product) is built before, and timed apart.
"""

from __future__ import annotations

import time

import duckdb

from benchmarks.deliveries import lines
from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from etl import rowrules
from etl.rule import Result, Rule, rules
from etl.tables import SQL

TABLE = "staging.order_lines"
NORMS = ("inputs", "odd_products", "odd_customers")
SECONDS = 2.0
BARE = f"""
    select count(customer_key), count(product_key), min(quantity), min(unit_price), count(margin), max(ordered_at),
        min(order_date), max(country), max(channel), max(kind), count(refunded_order_id), sum(amount)
    from {TABLE}"""

PREPARE = """
    create schema staging;
    create schema run;
    create schema quality;
    create table quality.offending_rows (check_id VARCHAR, row_json VARCHAR);
    create table run.policy as select timestamp '2026-01-01' as started_at;
    create table staging.inputs as select true as has_costs;
    create view raw_lines as {lines};
    create table staging.customer_keys as
        select customer_id, cast(row_number() over (order by customer_id) as uinteger) as customer_key
        from (select distinct customer_id from raw_lines);
    create view staging.customer_ids as select * from staging.customer_keys;
    create table staging.products as
        select product_id, cast(row_number() over (order by product_id) as uinteger) as product_key
        from (select distinct product_id from raw_lines);
    create table staging.product_list as select product_id from staging.products where product_key % 200 <> 0;
    create table staging.customer_list as select customer_id from staging.customer_keys where customer_key % 200 <> 0;
    create schema raw;
    create table raw.order_lines as
        select 'batch' as batch_id, dice as line_number, order_id, ordered_at,
            case when dice % 997 = 0 then date '1970-01-01' else cast(ordered_at as date) end as order_date,
            case when dice % 50 > 0 then customer_id end as customer_id,
            case when dice % 50 > 0 then customer_key end as customer_key,
            case when dice % 499 > 0 then product_id end as product_id,
            case when dice % 499 > 0 then product_key end as product_key,
            case when dice % 101 > 0 then country else 'Unknown' end as country,
            case when dice % 103 > 0 then 'Web' else 'Unknown' end as channel,
            cast(case when dice % 1009 = 0 then 0 when product_key % 97 + dice % 11 = 0 then 9000 else quantity end
                as decimal(12, 3)) as quantity,
            cast(case when dice % 211 = 0 then 0 when dice % 211 = 1 then -1
                when product_key % 89 + dice % 11 = 0 then 2000 else unit_price end as decimal(14, 4)) as unit_price,
            cast(quantity * unit_price as decimal(16, 2)) as amount,
            cast(case when dice % 307 > 0 then quantity * unit_price * (dice % 89 - 1) / 100 end as decimal(16, 2))
                as margin,
            case when dice % 53 = 0 then 'return' when dice % 59 = 0 then 'charge' else 'sale' end as kind,
            case when dice % 2003 = 0 then 'O1' end as refunded_order_id
        from (select *, row_number() over () as dice from raw_lines)
        inner join staging.customer_keys using (customer_id)
        inner join staging.products using (product_id);
    create table staging.order_lines as select * exclude (customer_id, product_id) from raw.order_lines"""


def run(n: int) -> Measured:
    chosen = [rule for rule in rules() if rule.scope == "row" and rule.table == TABLE]
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(PREPARE.format(lines=lines(n)))
        seconds, results = interleaved(
            {
                "norms": lambda: _norms(connection),
                "rules": lambda: list(rowrules.apply(connection, chosen)),
                "bare scan": lambda: connection.execute(BARE).fetchall(),
                "query per rule": lambda: [_alone(connection, rule) for rule in chosen],
            }
        )
        cpu = _cpu_seconds(connection, chosen)
    return Measured(
        n,
        seconds | {"rules, CPU": cpu},
        (
            Promise(f"{len(chosen)} row rules, parts of two CPU seconds", cpu / SECONDS, 1.0, at_least=False),
            Promise("row rules, times a bare scan", seconds["rules"] / seconds["bare scan"], 5, at_least=False),
        ),
        _differences(results["rules"], results["query per rule"]),
        tolerance=0,
    )


def _cpu_seconds(connection: duckdb.DuckDBPyConnection, chosen: list[Rule]) -> float:
    """Of all threads together: neighbours on the machine do not lengthen it."""
    start = time.process_time()
    list(rowrules.apply(connection, chosen))
    return time.process_time() - start


def _norms(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists desk")
    for name in NORMS:
        text = (SQL / "desk" / f"{name}.sql").read_text(encoding="utf-8")
        connection.execute(f"create or replace table desk.{name} as {text}")


def _alone(connection: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[float, ...]:
    counts = "count(*), coalesce(sum(amount), 0), count(distinct customer_key)"
    source = f"from {rowrules.relation(TABLE, rule.join)} where {rule.sql}"
    return tuple(map(float, connection.execute(f"select {counts} {source}").fetchall()[0]))


def _differences(together: list[Result], alone: list[tuple[float, ...]]) -> dict[str, float]:
    """Rule -> largest difference of rows, money and customers between the one scan and the query of its own."""
    found = {
        result.rule.check_id: (result.offending_rows, float(result.amount or 0), result.customers or 0)
        for result in together
    }
    return {
        name: max(abs(ours - other) for ours, other in zip(numbers, others, strict=True))
        for (name, numbers), others in zip(found.items(), alone, strict=True)
    }


BENCHMARK = Benchmark("row_rules", "all row rules over order lines in one scan", 10_000_000, run)
