"""Table `marts.base_groups`: the present base by where it began and by field of the grid, and what it will bring.

Half of what the Overview tells of its base is the same under every period: it is counted here, not by each reader.
"""

from __future__ import annotations

from etl.work import Connection

TABLE = """
    create table marts.base_groups as
    select
        country,
        channel,
        segment,
        r_score,
        -- Halves are rounded up, as for the segments.
        cast(floor((f_score + m_score + 1) / 2.0) as tinyint) as fm_score,
        cast(count(*) as integer) as customers,
        cast(sum(days_since_last_order) as bigint) as days_since_last_order,
        cast(sum(try_cast(clv as decimal(38, 18))) as double) as clv
    from marts.customers
    group by all"""
"""A row per country, channel, segment and field of the grid; days_since_last_order and clv are sums. Fractions are
added up as decimals, which come out the same in whatever order."""


def base_groups(connection: Connection) -> None:
    """Write the table, when all customers have their scores."""
    connection.execute(TABLE)
