"""A shop's export becomes a published snapshot, as an operator does it; its money is the money of the export."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from dashapp.settings import Settings
from dashapp.store.query import find
from tests.etl.conftest import Ask
from tests.etl.exports import item, movement, order, shopify, stripe, woo_item, woo_order, woo_per_item
from tests.etl.test_pipeline import etl

ORDERS = 60
"""Of 12 customers, one every five days; every fourth was never paid, every seventh came back in part."""


def _day(n: int) -> str:
    return f"{2024 + n // 72}-{1 + n % 72 // 6:02d}-{1 + n % 6 * 4:02d}"


def _unpaid(n: int) -> bool:
    return n % 4 == 3


def _back(n: int) -> Decimal:
    return Decimal("5.01") if n % 7 == 0 else Decimal(0)


def shopify_orders() -> tuple[str, Decimal, int]:
    orders, net = [], Decimal(0)
    for n in range(ORDERS):
        total = 3 * Decimal("9.99") + Decimal("4.50") - n % 5
        status = "pending" if _unpaid(n) else "partially_refunded" if _back(n) else "paid"
        orders.append(
            order(
                f"#{n}", str(total), item("MUG", "9.99", 2), item("TEE-1", "9.99", 1),
                subtotal=str(total - Decimal("4.5")),
                Shipping="4.50", Discount_Amount=str(n % 5), Email=f"c{n % 12}@example.com", Financial_Status=status,
                Created_at=f"{_day(n)} 12:00:00 +0100", Refunded_Amount=str(_back(n)),
            )
        )  # fmt: skip
        net += 0 if _unpaid(n) else total - _back(n)
    return shopify(*orders), net, 15 * 2


def woo_orders() -> tuple[str, Decimal, int]:
    orders, net = [], Decimal(0)
    for n in range(ORDERS):
        total = Decimal("24.99") + n % 5
        orders.append(
            woo_order(
                str(n), str(total), woo_item("A", "10.00", 3), woo_item("B", str(total - Decimal("14.50"))),
                shipping_total="4.50", billing_email=f"c{n % 12}@example.com", order_date=f"{_day(n)} 12:00:00",
                status="cancelled" if _unpaid(n) else "completed", refunded_total=str(_back(n)),
            )
        )  # fmt: skip
        net += 0 if _unpaid(n) else total - _back(n)
    return woo_per_item(*orders), net, 15 * 2


def stripe_movements() -> tuple[str, Decimal, int]:
    movements, net = [], Decimal(0)
    for n in range(ORDERS):
        kind = "payout" if _unpaid(n) else "charge"
        said = {"created": f"{_day(n)} 12:00:00", "customer_email": f"c{n % 12}@example.com"}
        movements.append(movement(n, kind, "24.99", **said))
        if kind == "charge" and _back(n):
            movements.append(movement(1000 + n, "refund", "-5.01", charge=n, **said))
        net += 0 if _unpaid(n) else Decimal("24.99") - _back(n)
    return stripe(*movements), net, 15


@pytest.mark.parametrize(
    ("source", "export", "options"),
    [
        ("shopify", shopify_orders, ["--option", "timezone=Europe/Berlin"]),
        ("woocommerce", woo_orders, []),
        ("stripe", stripe_movements, []),
    ],
)
def test_an_export_is_published_with_its_money_to_the_cent(
    settings: Settings,
    ask: Ask,
    tmp_path: Path,
    source: str,
    export: Callable[[], tuple[str, Decimal, int]],
    options: list[str],
):
    content, net, left_out = export()
    path = tmp_path / "export.csv"
    path.write_text(content)
    said = etl(settings, "refresh", "--source", source, "--path", str(path), *options, "--json")
    assert said.returncode == 0, said.stdout + said.stderr
    done = json.loads(said.stdout.splitlines()[-1])
    assert (done["published"], done["counts"]["rejected_lines"]) == (True, left_out)
    assert ask("select sum(amount) from marts.order_lines") == [(net,)]
    assert ask("select rejected_rows, left_out_rows from meta.batches") == [(left_out, left_out)]
    chain = ask(find("reconciliation").sql)
    assert [row[4] for row in chain if row[2] in ("rejected", "left_out")] == [0, -left_out]
    assert {difference for row in chain for difference in row[6:]} == {None, 0}
    assert ask("select count(*) from marts.refunds where refunded_order_id is null") == [(0,)]
    rules = "check_id in ('reject_share', 'rejected_lines', 'money_conserved', 'rounding') and status = 'passed'"
    assert ask(f"select count(*) from quality.check_results where {rules}") == [(4,)]
    again = etl(settings, "refresh", "--source", source, "--path", str(path), *options, "--json")
    assert json.loads(again.stdout.splitlines()[-1])["published"] is False
