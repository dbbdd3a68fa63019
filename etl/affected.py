"""Whom each rule touched, remembered until customers have a value: column `clv` of quality.check_results.

Rules are applied before anybody is scored, so that a bad delivery costs no fit. Kept is one row
per customer with a mask of the rules, as in rowrules.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from etl.rows import insert
from etl.rule import Rule
from etl.work import Connection

TABLES = """
    create temp table if not exists touched (scan INTEGER, mask UBIGINT, customer_key UINTEGER);
    create temp table if not exists touched_by (scan INTEGER, bit UBIGINT, check_id VARCHAR)"""

VALUE = """
    update quality.check_results as result
    set clv = found.clv
    from (
        select rule.check_id, cast(sum(worth.clv) as decimal(28, 2)) as clv
        from (
            select touched.scan, touched.mask, sum(customer.clv) as clv
            from touched inner join marts.customers as customer using (customer_key)
            group by all
        ) as worth
        inner join touched_by as rule on rule.scan = worth.scan and worth.mask & rule.bit <> 0
        group by rule.check_id
    ) as found
    where found.check_id = result.check_id"""


def remember(connection: Connection, rules: Sequence[Rule], rows: str, column: str) -> None:
    """Keep whom the rules touched.

    rows: a relation with `mask`, whose bit n is set where the row offends rules[n], and `column`, customer_key or
    customer_id, as the delivery names a customer.
    """
    connection.execute(TABLES)
    scan = connection.execute("select coalesce(max(scan), 0) + 1 from touched_by").fetchall()[0][0]
    keys = "inner join staging.customer_ids as keys using (customer_id)" if column == "customer_id" else ""
    connection.execute(
        f"""insert into touched
            select {scan}, bit_or(mask), customer_key from {rows} as offending {keys}
            where customer_key is not null group by customer_key"""
    )
    insert(connection, "touched_by", [(scan, 1 << bit, rule.check_id) for bit, rule in enumerate(rules)])


def value(connection: Connection) -> None:
    """Add up the published value of the customers of each rule; NULL where none of them has one.

    Where predictions are not valid nobody has one (etl/validity.py).
    """
    connection.execute(TABLES)
    connection.execute(VALUE)
