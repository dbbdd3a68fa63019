"""The chain from the files to the margin closes on the simulated shop, and a row tampered with is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from dashapp.charts.kit import chain
from dashapp.settings import Settings
from dashapp.store.facts import read_facts
from dashapp.store.publish import Warehouse
from dashapp.store.snapshot import Snapshot, Snapshots

Tampered = Callable[[str], Snapshot]


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture
def tampered(sample_warehouse: Settings, tmp_path: Path) -> Iterator[Tampered]:
    """A copy of the snapshot on which one statement was run, without the answers that were asked before it: by its hash
    a file that was changed is not even opened (tests/store/test_past.py)."""
    warehouse = Warehouse(sample_warehouse.data_dir / "warehouse")
    copy = shutil.copy(warehouse.folder / warehouse.current().file, tmp_path / "copy.duckdb")
    with duckdb.connect(copy) as connection:

        def run(statement: str) -> Snapshot:
            connection.execute(f"{statement}; delete from meta.answers")
            return Snapshot(connection.cursor(), read_facts(connection.cursor()), 30)

        yield run


def differences(snapshot: Snapshot) -> dict[str, tuple[int, float]]:
    """Sections that do not close: lines and money beyond the steps."""
    found = chain.open_sections(snapshot.frame("reconciliation"))
    return {
        row.section: (int(row.line_difference), round(float(row.amount_difference), 7)) for row in found.itertuples()
    }


def test_every_total_of_the_simulated_shop_is_what_its_steps_give(snapshot: Snapshot) -> None:
    frame = snapshot.frame("reconciliation")
    totals = frame[frame["role"] == "to"]
    assert list(totals["section"]) == list(chain.SECTIONS)
    assert (totals["line_difference"] == 0).all()
    assert (totals["amount_difference"] == 0).all()
    assert set(frame["part"]) == set(chain.NAMES)


def test_asked_anew_it_says_what_the_snapshot_keeps(snapshot: Snapshot, tampered: Tampered) -> None:
    pd.testing.assert_frame_equal(tampered("select 1").frame("reconciliation"), snapshot.frame("reconciliation"))


ONE = "batch_id || line_number = (select min(batch_id || line_number) from marts.order_lines where kind = 'sale')"
TAMPERS = {
    "a cent more": (f"update marts.order_lines set amount = amount + 0.01 where {ONE}",
                    {"rounding": (0, 0.01), "sales": (0, -0.01), "customers": (0, 0.01), "margin": (0, 0.01)}),
    "a piece more": (f"update marts.order_lines set quantity = quantity + 1 where {ONE}", {"replaced"}),
    "a line gone": (f"delete from marts.order_lines where {ONE}", {"replaced", "sales", "customers", "margin"}),
    "a kind nobody knows": (f"update marts.order_lines set kind = 'gift' where {ONE}", {"kinds"}),
    "a margin": (f"update marts.order_lines set margin = margin - 3 where {ONE}", {"margin": (0, 3.0)}),
    "an order": ("update marts.orders set net_sales = net_sales + 5 where order_id = (select min(order_id) from "
                 "marts.orders)", {"orders"}),
    "a refund": ("delete from marts.refunds where amount = (select min(amount) from marts.refunds)", {"refunds"}),
    "a file": ("update meta.batches set physical_lines = physical_lines + 2 where entity = 'order_lines'",
               {"files": (-2, 0.0)}),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), TAMPERS.values(), ids=TAMPERS)
def test_what_was_tampered_with_is_shown_as_a_difference(tampered: Tampered, statement: str, expected) -> None:
    found = differences(tampered(statement))
    if isinstance(expected, dict):
        assert found == expected
    else:
        assert expected <= set(found)


def test_both_ways_to_date_refunds_hold_the_same_money_month_by_month_as_counted_here(snapshot: Snapshot) -> None:
    frame = snapshot.frame("refund_timing", dated="order").set_index("month")
    rows = pd.DataFrame(snapshot._rows("select refund_date, refunded_order_date, amount from marts.refunds", {}))
    days = pd.DataFrame(snapshot._rows("select order_date, net_sales, gross_sales from marts.customer_days", {}))
    by_day = days.groupby(_month(days["order_date"]))[["net_sales", "gross_sales"]].sum().astype(float)
    by_order = rows.groupby(_month(rows["refunded_order_date"].fillna(rows["refund_date"])))["amount"].sum()
    expected = by_day["gross_sales"].add(by_order.astype(float), fill_value=0)
    assert frame["net_by_refund"].to_dict() == pytest.approx(by_day["net_sales"].to_dict())
    assert frame["net_by_order"].to_dict() == pytest.approx(expected.to_dict())
    assert (frame["net_by_order"] != frame["net_by_refund"]).sum() > 12
    assert frame["net_by_order"].sum() == pytest.approx(frame["net_by_refund"].sum(), abs=0.001)


def _month(days: pd.Series) -> pd.Series:
    return pd.to_datetime(days).dt.to_period("M").dt.to_timestamp()
