"""Small published snapshots for the tests of the store."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from dashapp.settings import Settings
from dashapp.store.facts import Facts
from dashapp.store.publish import Published, Warehouse

NOW = datetime(2026, 1, 1, tzinfo=UTC)

SCHEMA = """
    create schema meta; create schema marts;
    create table meta.batches (batch_id VARCHAR);
    create table marts.customers (customer_key UINTEGER, last_order_date DATE);
    create table marts.customer_days (lines INTEGER, net_sales DECIMAL(16,2));
    create table marts.sales_cube (net_sales DECIMAL(16,2));
    create table marts.order_lines (amount DECIMAL(16,2));
"""


def facts(seq: int, **changes: object) -> Facts:
    day = NOW.date()
    given = {
        "snapshot_id": f"{seq:06d}-test", "seq": seq, "built_at": NOW.replace(tzinfo=None), "observed_from": day,
        "observed_until": day, "source": "test", "is_demo": True, "shop_name": "Test", "currency": "GBP",
        "horizon_days": 365, "annual_discount_rate": 0.1, "gross_margin": 1.0, "model": "mbg_nbd", "validity": "valid",
        "validity_reason": "Every rule holds.", "has_costs": False,
        "has_spend": False, "has_events": False, "has_contracts": False, "has_orders": True,
        "has_category_days": False, "policy": "{}",
        "build_key": f"key{seq}", "code_version": "x",
    }  # fmt: skip
    return Facts(**(given | changes))


def build(path: Path, about: Facts, rows: int = 10, break_with: str = "") -> Path:
    """A build file whose every table says which snapshot it belongs to: each amount is the sequence number."""
    columns = ", ".join(f"? as {name}" for name in about.__slots__)
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA)
        connection.execute(
            f"create table meta.snapshot as select {columns}", [getattr(about, n) for n in about.__slots__]
        )
        connection.execute("insert into marts.customers select range, ? from range(?)", [about.observed_until, rows])
        connection.execute("insert into marts.order_lines select ? from range(?)", [about.seq, rows])
        connection.execute("insert into marts.customer_days select 1, ? from range(?)", [about.seq, rows])
        connection.execute("insert into marts.sales_cube select ? from range(?)", [about.seq, rows])
        if break_with:
            connection.execute(break_with)
        connection.execute("checkpoint")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, query_timeout_seconds=5)


@pytest.fixture
def warehouse(settings: Settings) -> Warehouse:
    return Warehouse(settings.folder("warehouse"))


@pytest.fixture
def publish(warehouse: Warehouse) -> Callable[..., Published]:
    """Publish one more small snapshot."""

    def one(**changes: object) -> Published:
        with warehouse.writing("test"):
            about = facts(warehouse.next_seq(), **changes)
            draft = build(warehouse.draft("x.duckdb"), about)
            return warehouse.publish(draft, about, actor="test", published_at=NOW)

    return one


@pytest.fixture
def damage(warehouse: Warehouse) -> Callable[[Published], None]:
    """Flip one byte in the middle of a published file."""

    def flip(entry: Published) -> None:
        path = warehouse.folder / entry.file
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        copy = path.with_suffix(".damaged")
        copy.write_bytes(content)
        shutil.move(copy, path)

    return flip
