"""A shop of any size as files: buyers come, buy at their own rate and leave (Pareto/NBD), products sell by Zipf.

Within a life purchases are uniform in time given their number, which is what a Poisson process is: no running sums, so
DuckDB writes 100 million lines in minutes. Everything is drawn by hash: the same size gives the same files. Lines are
in the order of time, as shops export them; returns come as a second file, products with categories and costs and the
spend of two channels beside them.

    python -m benchmarks.bigshop FOLDER --n 1e8
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import duckdb
import yaml

FIRST_DAY, DAYS = "2023-01-01", 1095
LINES_PER_CUSTOMER = 9.0
"What the rates below come to, measured."
PRODUCTS_PER_LINES = 2.5
"Products grow with a power of the lines: 1,000 at a million lines, 2,500 at ten, 6,300 at a hundred."
COUNTRIES = ("Germany", "France", "Austria", "Netherlands", "Switzerland", "Denmark", "Belgium", "Spain")
CHANNELS = ("Organic search", "Paid search", "Social", "Marketplace", "Referral", "E-mail")
CATEGORIES = 14
COLUMNS = (
    "order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price", "country", "channel",
)  # fmt: skip
MAPPED = {
    "order_lines": ("orders*.csv", COLUMNS),
    "products": ("products.csv", ("product_id", "product_name", "category", "unit_cost")),
    "marketing_spend": ("spend.csv", ("spend_date", "channel", "spend")),
}

UNIT = "((hash({of}) % 1000000007 + 0.5) / 1000000007.0)"
"Uniform on (0, 1), from whatever is hashed."


def draw(of: str) -> str:
    """SQL of a uniform number drawn by the expressions `of`."""
    return UNIT.format(of=of)


ORDERS = f"""
    create table orders as
    with buyers as (
        select
            customer,
            {DAYS} * 1440 * (1 - power({draw("customer, 'start'")}, 0.8)) as start,
            -- Gamma of shape 1/2: a squared normal; orders in a life of a year.
            2.05 * (-2 * ln({draw("customer, 'a'")}) * power(cos(2 * pi() * {draw("customer, 'b'")}), 2)) as rate,
            -- Exponential life whose rate is exponential over the buyers, in minutes.
            525600 * least(1.2 * ln({draw("customer, 'c'")}) / ln({draw("customer, 'd'")}), 20) as life
        from range($customers) as numbers (customer)
    ),

    lives as (
        select customer, start, least(life, {DAYS} * 1440 - 1 - start) as life, rate from buyers
    )

    select
        cast(customer as uinteger) as customer,
        cast(start + case when number = 0 then 0 else life * {draw("customer, number")} end as uinteger) as minute
    from (
        select
            customer, start, life,
            unnest(range(1 + cast(floor(life / 525600 * rate + {draw("customer, 'more'")}) as bigint))) as number
        from lives
    )
    order by minute"""

LINES = f"""
    select
        number, customer, minute, line, product,
        cast(1 + floor(-1.2 * ln({draw("number, line, 'q'")})) as integer) as quantity,
        cast(greatest(round(exp(0.8 + 3 * {draw("product, 'price'")}), 2), 0.5) as decimal(8, 2)) as unit_price,
        number % 40 = 7 as is_guest
    from (
        select
            rowid as number, customer, minute, line,
            cast(floor(exp({draw("rowid, line")} * ln($products + 1))) as integer) as product
        from (select rowid, *, unnest(range(1 + cast(hash(rowid) % 5 as bigint))) as line from orders)
    )"""

EXPORTED = f"""
    select
        '{{letter}}' || lpad(cast(number as varchar), 9, '0') as order_id,
        timestamp '{FIRST_DAY} 00:00:00' + to_minutes(cast({{minute}} as bigint)) as ordered_at,
        case when not is_guest then 'C' || lpad(cast(customer as varchar), 9, '0') end as customer_id,
        'P' || lpad(cast(product as varchar), 5, '0') as product_id,
        quantity * {{sign}} as quantity,
        unit_price,
        {list(COUNTRIES)}[cast(floor(8 * power({draw("customer, 'country'")}, 2)) as integer) + 1] as country,
        {list(CHANNELS)}[cast(hash(case when number % 3 = 0 then customer else number end, 'ch') % 6 as integer) + 1]
            as channel
    from ({LINES})
    {{where}}"""

SOLD = EXPORTED.format(letter="O", minute="minute", sign="1", where="")
BACK_MINUTE = "minute + 2880 + hash(number, line, 'back') % 33120"
RETURNED = EXPORTED.format(
    letter="R", minute=BACK_MINUTE, sign="-1",
    where=f"where hash(number, line, 'returned') % 50 = 0 and {BACK_MINUTE} < {DAYS} * 1440",
)  # fmt: skip

PRODUCTS = f"""
    select
        'P' || lpad(cast(product as varchar), 5, '0') as product_id,
        'Product ' || product as product_name,
        'Category ' || lpad(cast(1 + hash(product, 'category') % {CATEGORIES} as varchar), 2, '0') as category,
        cast(round(0.25 + 0.4 * exp(0.8 + 3 * {draw("product, 'price'")}), 2) as decimal(8, 2)) as unit_cost
    from range(1, $products + 1) as numbers (product)"""

SPEND = f"""
    select
        cast(date '{FIRST_DAY}' + cast(day as integer) as date) as spend_date, channel,
        cast(round($customers / {DAYS} * (3 + {draw("day, channel")}), 2) as decimal(14, 2)) as spend
    from range({DAYS}) as numbers (day), unnest(['Paid search', 'Social']) as channels (channel)"""


def write(folder: Path, n: int) -> None:
    """orders.csv, orders_returned.csv, products.csv, spend.csv and mapping.yaml of about `n` lines."""
    folder.mkdir(parents=True, exist_ok=True)
    customers = max(1, round(n / LINES_PER_CUSTOMER))
    products = max(20, round(PRODUCTS_PER_LINES * math.pow(n, 0.43)))
    values = {"customers": customers, "products": products}
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB", "temp_directory": str(folder / "spill")}) as shop:
        shop.execute(ORDERS, {"customers": customers})
        for name, query in {
            "orders": SOLD, "orders_returned": RETURNED, "products": PRODUCTS, "spend": SPEND,
        }.items():  # fmt: skip
            given = {key: value for key, value in values.items() if f"${key}" in query}
            shop.execute(f"copy ({query}) to '{folder / name}.csv' (header)", given)
    (folder / "mapping.yaml").write_text(yaml.safe_dump(mapping()))


def mapping() -> dict[str, object]:
    """What the columns of the files are."""
    entities = {
        name: {"files": files, "columns": {column: column for column in columns}}
        for name, (files, columns) in MAPPED.items()
    }
    return {"shop": {"name": "Big shop", "currency": "EUR"}, "entities": entities}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bigshop", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--n", type=lambda text: int(float(text)), default=10_000_000)
    chosen = parser.parse_args()
    write(chosen.folder, chosen.n)
