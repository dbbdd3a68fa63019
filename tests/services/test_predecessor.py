"""What is known of today's customers is compared with the snapshot before, where there is one of the same data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import Compare
from dashapp.errors import Gone
from dashapp.services import charting, predecessor
from dashapp.services.predecessor import Predecessor
from dashapp.settings import Settings
from dashapp.store.metrics import MetricValue
from dashapp.store.snapshot import Snapshot, Snapshots

EVERYTHING = Filters(range="all")


@pytest.fixture(scope="module")
def shown(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def earlier(shown: Snapshot, **changes: Any) -> Any:
    """A snapshot published before, with half of every figure."""
    until = shown.facts.observed_until - timedelta(days=30)
    facts = replace(shown.facts, seq=shown.seq - 1, observed_until=until, **changes)

    def metric(name: str, filters: Filters) -> MetricValue:
        return replace(shown.metric(name, filters), value=(shown.metric(name, filters).value or 0) / 2)

    return SimpleNamespace(facts=facts, metric=metric)


def kept(shown: Snapshot, before: Any) -> Any:
    entries = [SimpleNamespace(seq=shown.seq), SimpleNamespace(seq=shown.seq - 1), SimpleNamespace(seq=shown.seq - 2)]
    return SimpleNamespace(kept=lambda: tuple(entries), at=lambda seq: {shown.seq - 1: before}[seq])


def test_predicted_value_stands_beside_that_of_the_snapshot_before(shown: Snapshot) -> None:
    before = Predecessor.of(shown, kept(shown, earlier(shown)), EVERYTHING)
    clv, sold = charting.measure_all(("average_clv", "net_sales"), shown, EVERYTHING, before)
    assert clv.previous == pytest.approx((clv.value or 0) / 2)
    assert clv.against.startswith(f"since snapshot {shown.seq - 1}, data to ")
    assert (sold.previous, sold.against) == (None, ""), "all time has no period before it"


def test_where_nothing_is_compared_nothing_is_opened(shown: Snapshot) -> None:
    assert Predecessor.of(shown, SimpleNamespace(), replace(EVERYTHING, compare=Compare.NONE)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("other", ["source", "currency", "horizon_days"])
def test_a_snapshot_of_other_data_or_assumptions_is_none(shown: Snapshot, other: str) -> None:
    before = Predecessor.of(shown, kept(shown, earlier(shown, **{other: "other"})), EVERYTHING)
    (clv,) = charting.measure_all(("average_clv",), shown, EVERYTHING, before)
    assert (clv.previous, clv.against) == (None, predecessor.NONE)


def test_a_snapshot_that_went_meanwhile_is_none(shown: Snapshot) -> None:
    def gone(_: int) -> None:
        raise Gone("Snapshot 1 was removed meanwhile.")

    known = SimpleNamespace(kept=lambda: (SimpleNamespace(seq=shown.seq - 1),), at=gone)
    assert Predecessor.of(shown, known, EVERYTHING) == Predecessor(None)  # type: ignore[arg-type]


def test_a_period_older_than_the_data_says_so(shown: Snapshot) -> None:
    first = shown.facts.observed_from
    asked = Filters(range="custom", start=first, end=first + timedelta(days=30))
    (sold,) = charting.measure_all(("net_sales",), shown, asked, Predecessor(None))
    assert (sold.previous, sold.against) == (None, predecessor.TOO_EARLY)
