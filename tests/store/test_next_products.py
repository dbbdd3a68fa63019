"""Who bought the same and came back is counted as it is written: by hand, from the lines."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd
import pytest

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def days_of(snapshot: Snapshot) -> dict[int, list[tuple[object, set[str]]]]:
    """Every customer's purchase days in order, with the products of each."""
    lines = pd.DataFrame(
        snapshot._rows(
            """select d.customer_key as who, d.order_date as day, p.product_id as product
               from marts.customer_days d
               left join marts.order_lines l
                   on l.customer_key = d.customer_key and l.order_date = d.order_date and l.kind = 'sale'
               left join marts.products p on p.product_key = l.product_key
               where d.is_purchase and d.customer_key is not null""",
            {},
        )
    )
    baskets: dict[int, dict[object, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in lines.itertuples():
        baskets[row.who][row.day].add(row.product)
    return {who: sorted(days.items(), key=lambda pair: str(pair[0])) for who, days in baskets.items()}


@pytest.mark.parametrize("most", [10**9, 20])
def test_others_who_bought_the_same_are_followed_to_their_next_day(snapshot: Snapshot, most: int) -> None:
    """Of more than `most` buyers so many, by their keys."""
    days = days_of(snapshot)
    who = max(days, key=lambda one: len(days[one]))
    told = snapshot.frame("customer_next_products", customer_key=who, least=1, most=most)
    own = set().union(*(products for _, products in days[who]))
    assert not set(told["product_id"]) & own
    row = told.sort_values(["followed", "product_id"]).iloc[-1]
    buyers = sum(any(row["after_id"] in products for _, products in history) for history in days.values())
    every, followed, customers = -(-buyers // most), 0, 0
    assert (every > 1) is (most == 20)
    for other, history in days.items():
        first = next((place for place, (_, products) in enumerate(history) if row["after_id"] in products), None)
        if other == who or other % every or first is None or first == len(history) - 1:
            continue
        customers += 1
        followed += row["product_id"] in history[first + 1][1]
    assert row["after_id"] in days[who][-1][1]
    assert (row["customers"], row["followed"]) == (customers, followed)
    later = [products for history in days.values() for _, products in history[1:]]
    assert (row["days"], row["usual_days"]) == (len(later), sum(row["product_id"] in basket for basket in later))
