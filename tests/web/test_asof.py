"""The same application as of two snapshots that differ: every page, callback, download and program sees one of them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashapp.domain.filters import Filters
from dashapp.services.services import Services
from dashapp.settings import Settings
from dashapp.store import fs
from dashapp.store.facts import Facts, read_facts
from dashapp.store.publish import Warehouse
from dashapp.web.frame import discover
from tests.web.conftest import SAME_ORIGIN, House, body_of, open_house, render_page

MONEY = {
    "marts.order_lines": "amount", "marts.customer_days": "net_sales", "marts.sales_cube": "net_sales",
    "marts.customers": "net_sales",
}  # fmt: skip
BANNER = "You see the data as published on"
WHERE = "/_dash-update-component"


def publish_changed(warehouse: Warehouse, *statements: str) -> None:
    """The current snapshot once more, with these changes to it."""
    with warehouse.writing("test"):
        seq, draft = warehouse.next_seq(), warehouse.draft("changed.duckdb")
        draft.write_bytes((warehouse.folder / warehouse.current().file).read_bytes())
        with duckdb.connect(os.fspath(draft)) as connection:
            for statement in (f"update meta.snapshot set seq = {seq}, snapshot_id = '{seq:06d}-test'", *statements):
                connection.execute(statement)
            connection.execute("checkpoint")
            facts: Facts = read_facts(connection)
        warehouse.publish(draft, facts, actor="test", published_at=datetime(2026, 2, seq, 8, 30, tzinfo=UTC))


@pytest.fixture(scope="module")
def house(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Snapshot 1 is the sample, 2 lacks two tables like one of an earlier version, 3 is current with twice the money."""
    found = open_house(tmp_path_factory.mktemp("asof"), sample_warehouse)
    warehouse = Warehouse(found.services.settings.data_dir / "warehouse")
    publish_changed(warehouse, "drop table marts.product_bundles", "drop view if exists marts.none")
    publish_changed(warehouse, *(f"update {table} set {column} = 2 * {column}" for table, column in MONEY.items()))
    return found
