"""A clean delivery, and for every rule a fault planted in it: so many rows, so much money, so many customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from tests.etl.checking import Frames

DAYS = [date(2025, 12, 31) - timedelta(days=back) for back in range(41, -1, -1)]
LAST = DAYS[-1].isoformat()
Line = dict[str, Any]


def line(order: str, day: str, customer: str | None = "c1", quantity: Any = 1, price: Any = 10, **more: Any) -> Line:
    usual = {
        "product_id": "cup",
        "country": "France",
        "channel": "Web",
        "product_name": None,
        "refunded_order_id": None,
    }
    said = {"order_id": order, "ordered_at": f"{day} 09:00", "customer_id": customer}
    return said | {"quantity": quantity, "unit_price": price} | usual | more


def clean() -> Frames:
    """Six weeks, every day the same: three customers come back, one is new; nothing offends any rule."""
    lines = [
        line(f"{day}-{who}", str(day), who, product_name="Cup" if who == "c1" else None)
        for number, day in enumerate(DAYS)
        for who in ("c1", "c2", "c3", f"n{number}")
    ]
    customers = ["c1", "c2", "c3", *(f"n{number}" for number in range(len(DAYS)))]
    return {
        "order_lines": pd.DataFrame(lines),
        "customers": pd.DataFrame({"customer_id": customers, "country": "France"}),
        "products": pd.DataFrame(
            [["cup", 10, 4], ["pot", 20, None]], columns=["product_id", "unit_price", "unit_cost"]
        ),
        "costs": _periods("unit_cost", ("pot", "2025-12-01", "2025-12-31", 9)),
        "prices": _periods("unit_price", ("cup", "2025-01-01", "2025-06-30", 9), ("cup", "2025-07-01", None, 10)),
        "marketing_spend": pd.DataFrame({"spend_date": [LAST], "channel": ["Web"], "spend": [5]}),
        "engagement_events": pd.DataFrame(
            {"occurred_at": [f"{LAST} 08:00"], "customer_id": ["c1"], "event": ["newsletter"]}
        ),
    }


def _periods(value: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["product_id", "valid_from", "valid_to", value])


def summary(customer: str, **more: Any) -> Line:
    """30 days from first to last purchase, 60 from the first to the last day counted."""
    usual = {"observed_until": LAST, "frequency": 2, "recency_days": 30, "T_days": 60, "monetary_value": 10}
    return {"customer_id": customer} | usual | more


@dataclass(frozen=True)
class Fault:
    """What is wrong, and what its rule must find."""

    plant: Callable[[Frames], None]
    rows: int
    amount: str | None = None
    customers: int | None = None
    tamper: str = ""
    "SQL on the working database, for what no delivery can do."
    who: tuple[str, ...] | None = None
    "Whose value is affected; None: c1, then c2, as many as `customers`."

    @property
    def valued(self) -> set[str]:
        return set(("c1", "c2")[: self.customers or 0] if self.who is None else self.who)

    @property
    def money(self) -> Decimal | None:
        return None if self.amount is None else Decimal(self.amount)


def added(*rows: Line, to: str = "order_lines") -> Callable[[Frames], None]:
    def plant(frames: Frames) -> None:
        frames[to] = pd.concat([frames.get(to), pd.DataFrame(rows)], ignore_index=True)

    return plant


def nothing(frames: Frames) -> None:
    pass


def earlier(column: str, share: float) -> str:
    values = f"'order_lines', '{column}', 'another delivery', {share}, null"
    return f"insert into run.earlier_columns values ({values})"


def only_returns(frames: Frames) -> None:
    frames["order_lines"]["quantity"] = -1


def old_spend(frames: Frames) -> None:
    frames["marketing_spend"]["spend_date"] = "2025-11-20"


MID = "2025-12-10"

FAULTS: dict[str, Fault] = {
    "columns_emptier": Fault(nothing, 1, tamper=earlier("product_name", 0.9)),
    "columns_gone": Fault(nothing, 1, tamper=earlier("refunded_order_id", 0.2)),
    "columns_new": Fault(nothing, 1, tamper=earlier("country", 0)),
    "contracts_end_after_start": Fault(
        added(
            {"contract_id": "k1", "customer_id": "c1", "started_on": MID, "cancelled_on": "2025-12-09"},
            {"contract_id": "k2", "customer_id": "c2", "started_on": MID, "cancelled_on": MID},
            to="contracts",
        ),
        1,
    ),
    "customers_in_several_countries": Fault(
        added(line("x1", MID, "n0", price=15), line("x2", MID, "n0", price=5, country="Spain")), 1, "30", 1,
        who=("n0",),
    ),
    "customers_without_purchase": Fault(
        added({"customer_id": "idle"}, to="customers"), 1, None, 1,
        who=(),
    ),
    "drift_of_missing_customers": Fault(added(line("x1", LAST, None)), 1),
    "drift_of_order_value": Fault(added(line("x1", LAST, price=150)), 1),
    "duplicate_customers": Fault(
        added(
            {"customer_id": "c1", "email": "Ann@Shop.io"}, {"customer_id": "c2", "email": " ann@shop.io"},
            {"customer_id": "c3", "email": "ann@other.io"}, to="customers",
        ),
        2, None, 2,
    ),
    "duplicate_lines": Fault(
        added(line("x1", MID), line("x1", MID), line("x1", MID), line("x2", MID, "c2"), line("x2", MID, "c2")),
        3, "30", 2,
    ),
    "events_of_unknown_customers": Fault(
        added({"occurred_at": LAST, "customer_id": "ghost", "event": "visit"}, to="engagement_events"), 1, None, 1,
        who=(),
    ),
    "freshness": Fault(nothing, 1, tamper="update run.policy set started_at = timestamp '2026-01-08 06:00'"),
    "inputs_behind_sales": Fault(old_spend, 1),
    "lines_outside_cost_history": Fault(
        added(line("x1", "2025-11-25", product_id="pot", price=20), line("x2", MID, product_id="pot")), 1, "20", 1
    ),
    "lines_without_channel": Fault(added(line("x1", MID, channel=None), line("x2", MID, channel=None)), 2, "20", 1),
    "lines_without_country": Fault(
        added(line("x1", MID, "nowhere", country=None, price=7)), 1, "7", 1,
        who=("nowhere",),
    ),
    "lines_without_customer": Fault(added(line("x1", MID, None), line("x2", MID, None, -1, 3)), 2, "7", 0),
    "lines_without_product": Fault(added(line("x1", MID, product_id=None, price=8)), 1, "8", 1),
    "missing_costs": Fault(
        added(line("x1", "2025-11-25", product_id="pot"), line("x2", "2025-11-26", "c2", product_id="pot")), 2, "20", 2
    ),
    "money_conserved": Fault(
        nothing, 1, "5",
        tamper="update meta.batches set accepted_amount = accepted_amount - 5 where entity = 'order_lines'",
    ),
    "months_without_sales": Fault(added(line("x1", "2025-08-10")), 2),
    "negative_prices": Fault(added(line("x1", MID, price=-4), line("x2", MID, "c2", 2, -4)), 2, "-12", 2),
    "no_sales": Fault(only_returns, 1),
    "numbers_rounded": Fault(added(line("x1", MID, price="3.33333"), line("x2", MID, price="3.30000")), 1),
    "orders_in_future": Fault(
        added(line("x1", MID)), 1, "10", 1,
        "update staging.order_lines set ordered_at = timestamp '2026-01-03' where order_id = 'x1'",
    ),
    "orders_of_two_customers": Fault(added(line("x1", MID), line("x1", MID, "c2", price=15)), 1, "25"),
    "orders_over_several_days": Fault(added(line("x1", MID), line("x1", "2025-12-11", price=15)), 1, "25"),
    "placeholder_customers": Fault(
        added(line("x1", MID, "0000"), line("x2", MID, "Guest", price=5)), 2, "15", 2,
        who=("0000", "Guest"),
    ),
    "placeholder_dates": Fault(added(line("x1", "1970-01-01", price=12)), 1, "12", 1),
    "refunds_conserved": Fault(
        added(line("x1", MID, quantity=-1)), 1, "-3", 1, "update marts.refunds set amount = amount + 3"
    ),
    "reject_share": Fault(added(*[line(f"x{n}", "2025-02-30") for n in range(20)]), 1, "200"),
    "rejected_lines": Fault(added(line("x1", "2025-02-30"), line("x2", "2025-02-30", price=15)), 1, "25"),
    "returns_without_order": Fault(
        added(line("x1", MID, quantity=-1, price=6, product_id="pot"), line("x2", MID, None, -2, 3)), 2, "-12", 1
    ),
    "rounding": Fault(added(line("x1", MID, price=0.125), line("x2", MID, "c2", price=0.125)), 2, "0.01", 2),
    "sales_below_cost": Fault(added(line("x1", MID, price=3.99), line("x2", MID, price=4)), 1, "3.99", 1),
    "sales_that_refund": Fault(added(line("x1", MID, refunded_order_id="2025-12-09-c1", price=9)), 1, "9", 1),
    "several_descriptions": Fault(added(line("x1", MID, product_name="Another cup")), 1),
    "summaries_beside_orders": Fault(
        added(summary("s1"), summary("s2"), to="customer_summaries"), 2, None, 2,
        who=("s1", "s2"),
    ),
    "summaries_of_several_days": Fault(
        added(summary("s1"), summary("s2", observed_until=MID), to="customer_summaries"), 1, None, 1,
        who=("s2",),
    ),
    "summaries_that_contradict": Fault(
        added(
            summary("fine"),
            summary("once", frequency=0, recency_days=0, monetary_value=0),
            summary("once silent", frequency=0, recency_days=9, monetary_value=0),
            summary("once priced", frequency=0, recency_days=0),
            summary("half", frequency=2.5),
            summary("negative", frequency=-1),
            summary("too often", frequency=31),
            summary("too long", recency_days=61),
            summary("negative value", monetary_value=-1),
            to="customer_summaries",
        ),
        7,
        None,
        7,
        who=("once silent", "once priced", "half", "negative", "too often", "too long", "negative value"),
    ),
    "unknown_customers": Fault(
        added(line("x1", MID, "stranger", price=9), line("x2", MID, "stranger")), 2, "19", 1,
        who=("stranger",),
    ),
    "unknown_products": Fault(
        added(line("x1", MID, product_id="ufo"), line("x2", MID, "c2", -1, 2, product_id="ufo")), 2, "8", 2
    ),
    "unusual_prices": Fault(added(line("x1", MID, price=201), line("x2", MID, price=200)), 1, "201", 1),
    "unusual_quantities": Fault(added(line("x1", MID, quantity=501), line("x2", MID, quantity=500)), 1, "5010", 1),
    "validity_gaps": Fault(
        added({"product_id": "pot", "valid_from": "2026-02-01", "unit_cost": 9}, to="costs"), 1
    ),
    "validity_overlaps": Fault(
        added({"product_id": "pot", "valid_from": "2025-12-31", "unit_cost": 9}, to="costs"), 1
    ),
    "volume_of_lines": Fault(added(*[line(f"x{n}", LAST) for n in range(20)]), 1),
    "volume_of_new_customers": Fault(added(*[line(f"x{n}", LAST, f"x{n}") for n in range(10)]), 1),
    "volume_of_sales": Fault(added(line("x1", LAST, price=150)), 1, "150"),
    "zero_prices": Fault(added(line("x1", MID, price=0), line("x2", MID, None, price=0)), 2, "0", 1),
    "zero_quantities": Fault(added(line("x1", MID, quantity=0), line("x2", MID, quantity=0)), 2, "0", 1),
}  # fmt: skip
