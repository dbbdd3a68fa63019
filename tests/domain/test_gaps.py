from __future__ import annotations

import pandas as pd

from dashapp.domain.gaps import Gaps
from dashapp.domain.purchase_days import PurchaseDays, number


def bought(rows):
    frame = pd.DataFrame(rows, columns=["customer_key", "order_date", "amount", "is_purchase"])
    return PurchaseDays.from_frame(frame.assign(order_date=pd.to_datetime(frame["order_date"])))


def test_purchases_are_numbered_and_counted_to_the_next_and_returns_are_none():
    days = bought([("b", "2024-01-09", 5, True), ("b", "2024-01-01", 5, True), ("b", "2024-01-03", -5, False),
                   ("a", "2024-01-04", 5, True), ("b", "2024-02-01", 5, True)])  # fmt: skip
    found = Gaps.of(days)
    assert found.customer.tolist() == [0, 1, 1, 1]
    assert found.number.tolist() == [1, 1, 2, 3]
    assert found.until_next.tolist() == [0, 8, 23, 0]
    known = Gaps.of(days, number(pd.Timestamp("2024-01-31").date()))
    assert known.until_next.tolist() == [0, 8, 0]
