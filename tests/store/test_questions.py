"""Every question and key figure answers on a real snapshot, in the shape its header declares, under every filter."""

from __future__ import annotations

from typing import Any

import pytest

from dashapp.domain import listing
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Limits, Listing
from dashapp.domain.vocabulary import Basis
from dashapp.settings import Settings
from dashapp.store import metrics, query
from dashapp.store.snapshot import Snapshot, Snapshots

LIMITS = Listing().parameters() | {"searching": False}
ORDER = {"contact": True, "states": [], "after": None, "after_place": 0}
LIST = LIMITS | ORDER
WORDS = {"contact": True, "word_1": "anna", "word_2": "c", "word_3": None, "word_4": None}
GIVEN: dict[str, dict[str, Any]] = {
    "customers_list": LIST | {"limit": 5, "offset": 0},
    "customers_totals": LIMITS,
    "customers_found": WORDS,
    "customers_near": WORDS,
    "customers_named": {"contact": True, "limit": 5},
    "products_found": {"words": "%a%", "start": "a", "limit": 5},
    "products_named": {"ids": ["P-001"]},
    "revenue_trend": {"grain": "month"},
    "origin_value": {"origin": "channel"},
    "interval_widening": {"level": 0.8},
    "backtest_metrics": {"target": "value"},
    "channel_performance": {"horizon": 0},
    "cohort_matrix": {"split": ""},
    "cohort_payback": {"split": "channel"},
    "customer_next_products": {"least": 1, "most": 100_000},
    "customer_profile": {"customer": "1", "contact": True},
    "products_list": {"stages": [], "words": None, "category": None, "limit": 5, "offset": 0},
    "product_profile": {"product": "P-001"},
    "product_board": {"most": 5},
    "product_bundles": {"limit": 5},
    "product_entries": {"limit": 5},
    "refund_timing": {"dated": "order"},
    "sales_forecast_parts": {"kind": "channel"},
    "duplicate_candidates": {"contact": True, "limit": 5},
    "segment_moves": {"from_day": None, "to_day": None},
    "quality_sample": {"check_id": "freshness"},
}
KEYS = {"customer_key": 1, "product_key": 1}
"Parameters of questions that need some, and those that are given to all that ask for them."
EVERYTHING = Filters(
    range="l90d", country=("France",), channel=("web",), segment=("Loyal",), cohort=("2024-05",), category=("Kitchen",),
    product=("P-1",), saved=("order_count~at_least~2",), basis=Basis.GROSS_MARGIN,
)  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def _parameters(name: str) -> dict[str, Any]:
    asked = set(query.PARAMETER.findall(query.find(name).sql))
    return GIVEN.get(name, {}) | {key: value for key, value in KEYS.items() if key in asked}


@pytest.mark.parametrize("name", query.names())
def test_a_question_answers_under_every_filter_at_once(snapshot: Snapshot, name: str) -> None:
    frame = snapshot.frame(name, EVERYTHING, **_parameters(name))
    assert list(frame.columns) == [column for column, _ in query.find(name).columns]


@pytest.mark.parametrize("name", metrics.names())
def test_a_key_figure_has_a_value_or_says_why_not(snapshot: Snapshot, name: str) -> None:
    figure = snapshot.metric(name)
    assert (figure.value is None) == bool(figure.reason)


@pytest.mark.parametrize("name", metrics.names())
def test_a_key_figure_of_nothing_is_no_number_or_zero(snapshot: Snapshot, name: str) -> None:
    figure = snapshot.metric(name, Filters(country=("Atlantis",)))
    assert not figure.value or "country" not in metrics.metric(name).query.filters


def _keys(snapshot: Snapshot, listing: Listing, **more: Any) -> list[int]:
    order = {"sort": listing.sort, "descending": listing.descending, "states": list(listing.states)}
    bound = LIST | listing.parameters() | {"limit": 1000, "offset": 0} | order | more
    return [int(key) for key in snapshot.frame("customers_list", Filters(), **bound)["customer_key"]]


@pytest.mark.parametrize(
    ("view", "bought"),
    [
        (Filters(category=("Home",)), "p.category = 'Home'"),
        (Filters(product=("P-001", "P-002")), "p.product_id in ('P-001', 'P-002')"),
        (Filters(cohort=("2024-03",)), "strftime(c.first_order_date, '%Y-%m') = '2024-03'"),
    ],
    ids=["category", "product", "cohort"],
)
def test_what_was_bought_and_when_first_choose_whole_customers(snapshot: Snapshot, view: Filters, bought: str) -> None:
    expected = snapshot._rows(
        f"""select distinct c.customer_key from marts.order_lines l
            join marts.products p using (product_key) join marts.customers c on c.customer_key = l.customer_key
            where l.kind = 'sale' and {bought}""",
        {},
    )
    assert 0 < len(expected) < len(snapshot.base())
    assert set(snapshot.base(view)["customer_key"]) == {row["customer_key"] for row in expected}


def test_blocks_of_a_list_full_of_ties_join_without_gap_or_repeat(snapshot: Snapshot) -> None:
    by_segment = Listing(sort="segment", descending=False)
    blocks = [_keys(snapshot, by_segment, limit=37, offset=start) for start in range(0, 600, 37)]
    joined = [key for block in blocks for key in block]
    assert joined == _keys(snapshot, by_segment)
    assert len(set(joined)) == len(joined) == snapshot.row("data_counts")["customers"]


def test_limits_and_search_choose_exactly_the_rows_they_say(snapshot: Snapshot) -> None:
    everyone = snapshot.frame("customers_list", Filters(), **LIST, limit=1000, offset=0)
    rich = everyone[(everyone["clv"] >= 100) & everyone["country"].str.contains("an", case=False)]
    asked = Listing(limits=(Limits("clv", "100"), Limits("country", contains="an")))
    assert 0 < len(rich) < len(everyone)
    assert sorted(_keys(snapshot, asked)) == sorted(rich["customer_key"])


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", ["segment", "average_gap_days", "net_sales", "last_order_date"])
def test_rows_after_a_customer_are_those_that_follow_it(snapshot: Snapshot, sort: str, descending: bool) -> None:
    """Also among ties and among those who have no value in the column: they come last, whichever way."""
    asked = Listing(sort=sort, descending=descending)
    whole = _keys(snapshot, asked)
    walked: list[int] = []
    while page := _keys(snapshot, asked, limit=61, after=walked[-1] if walked else None):
        walked += page
    assert walked == whole


@pytest.mark.parametrize("sort", listing.NUMBERS)
def test_any_number_sorts_both_ways_with_ties_by_key_and_the_unscored_last(snapshot: Snapshot, sort: str) -> None:
    for descending in (True, False):
        order = {"sort": sort, "descending": descending}
        frame = snapshot.frame("customers_list", Filters(), **LIST | order, limit=1000, offset=0)
        key = frame[sort].astype(float) * (-1 if descending else 1)
        expected = frame.assign(key=key).sort_values(["key", "customer_key"], na_position="last", kind="stable")
        assert frame["customer_key"].to_list() == expected["customer_key"].to_list()
