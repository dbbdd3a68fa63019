from __future__ import annotations

import numpy as np

from dashapp.domain.gaps import PurchaseDays


def test_purchases_are_numbered_and_counted_to_the_next():
    dates = np.array(["2024-01-09", "2024-01-01T23:59", "2024-01-01T00:01", "2024-01-04"], dtype="datetime64[m]")
    found = PurchaseDays.of(["b", "b", "b", "a"], dates)
    assert found.customer.tolist() == [0, 1, 1]
    assert found.number.tolist() == [1, 1, 2]
    assert found.until_next().tolist() == [0, 8, 0]
    assert len(found) == 3


def test_no_purchases_are_no_gaps():
    nothing = PurchaseDays.of([], np.array([], dtype="datetime64[D]"))
    assert nothing.until_next().tolist() == []
