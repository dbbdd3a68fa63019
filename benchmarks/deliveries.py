"""Order files of any size, the same for the same size: skewed customers and products over two years."""

from __future__ import annotations

from pathlib import Path

import duckdb

COLUMNS = ("order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price", "country")


def lines(n: int, days: int = 730) -> str:
    """SQL of `n` order lines of about n / 4.3 customers; text and numbers as a shop exports them."""
    return f"""
        select
            'O' || lpad(cast(i // 3 as varchar), 9, '0') as order_id,
            timestamp '2023-01-01 08:00:00'
                + to_minutes(cast(i // 3 * {days} * 1440 // ({n} // 3 + 1) as bigint)) as ordered_at,
            lpad(cast(customer as varchar), 8, '0') as customer_id,
            'P' || lpad(cast(product as varchar), 5, '0') as product_id,
            cast(1 + hash(i * 13) % 12 as integer) as quantity,
            cast((95 + hash(i * 31) % 4900) / 100.0 as decimal(14, 2)) as unit_price,
            ['United Kingdom', 'France', 'Germany', 'Spain'][cast(1 + hash(i // 3 * 17) % 4 as integer)] as country
        from (
            select
                i,
                cast(floor({n} / 4.3 * power((hash(i // 3) % 1000003) / 1000003.0, 1.6)) as bigint) as customer,
                cast(floor(4000 * power((hash(i * 7) % 100003) / 100003.0, 2)) as bigint) as product
            from range({n}) as numbers(i)
        )"""


def write(path: Path, n: int, days: int = 730) -> Path:
    """The lines as CSV or Parquet, by the extension."""
    kind = "parquet" if path.suffix == ".parquet" else "csv, header"
    with duckdb.connect() as connection:
        connection.execute(f"copy ({lines(n, days)}) to '{path}' (format {kind})")
    return path
