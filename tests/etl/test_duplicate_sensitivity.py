"""What merging the candidates would change is what linking them does change."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dashapp.settings import Settings
from dashapp.store import links
from dashapp.store.links import Link
from tests.etl.conftest import Ask, Refresh, order_lines

SENSITIVITY = "select measure, as_counted, if_merged from marts.duplicate_sensitivity order by position"
COUNTED = (
    "select count(*), avg(cast(frequency > 0 as double)), avg(order_count), avg(clv), avg(p_alive) from marts.customers"
)


def shop(customers: int) -> pd.DataFrame:
    """Customers who come back at their own pace, some of them once; one return each on a day of its own."""
    rng = np.random.default_rng(7)
    lines = []
    for number in range(customers):
        day = date(2023, 1, 1) + timedelta(days=int(rng.integers(0, 300)))
        for visit in range(int(rng.geometric(0.35))):
            price = round(float(rng.gamma(3, 8)) + 1, 2)
            lines.append((f"o{number}-{visit}", f"{day} 09:00", f"c{number:03d}", "cup", 1, price))
            day += timedelta(days=int(rng.integers(5, 90)))
        lines.append((f"r{number}", f"{day} 09:00", f"c{number:03d}", "cup", -1, 1.5))
    return order_lines(*lines)


def accounts(customers: int, *same: tuple[int, ...]) -> pd.DataFrame:
    frame = pd.DataFrame({"customer_id": [f"c{number:03d}" for number in range(customers)]})
    frame["email"] = [f"mail{number}@example.com" for number in range(customers)]
    for group in same:
        frame.loc[list(group), "email"] = frame.loc[group[0], "email"].upper()
    return frame


def test_the_figures_if_merged_are_those_of_a_refresh_with_every_candidate_linked(
    refresh: Refresh, settings: Settings, ask: Ask
):
    same = [(0, 1), (2, 3, 4), (9, 150), (20, 21), (22, 23), (30, 31, 32, 33)]
    object.__setattr__(settings, "valid_min_customers", 10)
    refresh(order_lines=shop(200), customers=accounts(200, *same))
    told = {measure: (now, then) for measure, now, then in ask(SENSITIVITY)}
    (apart,) = ask(COUNTED)
    assert [now for now, _ in told.values()] == pytest.approx(list(apart))
    for group in same:
        for other in group[1:]:
            pair = links.pair(f"c{group[0]:03d}", f"c{other:03d}")
            links.add(settings, Link(*pair, "2024-01-01T00:00:00+00:00", "cli:bea"))
    refresh()
    (linked,) = ask(COUNTED)
    assert linked[0] == 191
    assert [told[name][1] for name in ("customers", "repeat_rate", "mean_orders")] == pytest.approx(list(linked[:3]))
    # The published fit is not that of the merged customers, so their value differs, but by less than the merge changes.
    assert told["average_clv"][1] == pytest.approx(linked[3], rel=0.05)
    assert told["average_p_alive"][1] == pytest.approx(linked[4], abs=0.02)
    assert [now for _, now, _ in ask(SENSITIVITY)] == [then for _, _, then in ask(SENSITIVITY)]
    assert ask("select bool_and(is_linked), count(*) from marts.duplicate_candidates") == [(True, 13)]


def test_a_shop_too_small_for_a_fit_still_tells_the_counts(refresh: Refresh, ask: Ask):
    lines = order_lines(
        ("o1", "2024-01-01 09:00", "c000", "cup", 2, 10),
        ("o2", "2024-02-01 09:00", "c001", "pen", 1, 5),
        ("o3", "2024-02-02 09:00", "c002", "pen", 1, 5),
    )
    refresh(order_lines=lines, customers=accounts(3, (0, 1)))
    assert ask(SENSITIVITY) == [
        ("customers", 3.0, 2.0), ("repeat_rate", 0.0, 0.5), ("mean_orders", 1.0, 1.5), ("average_clv", None, None),
        ("average_p_alive", None, None),
    ]  # fmt: skip
