from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.ranges import LOOK_NEW, known_new_from, months_back
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.settings import Settings
from dashapp.store import metrics, query
from dashapp.store.snapshot import Snapshot, Snapshots

HEAD = "-- label: L\n-- unit: money\n-- better: up\n-- definition: d\n-- formula: f\n"


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "metrics"
    folder.mkdir()
    monkeypatch.setattr(metrics, "METRICS", folder)
    metrics.metric.cache_clear()
    query.find.cache_clear()
    yield folder
    metrics.metric.cache_clear()


@pytest.fixture
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def test_the_previous_value_is_the_same_file_over_the_earlier_period(figures: Path, snapshot: Snapshot):
    (figures / "sales.sql").write_text(
        HEAD + "-- filters: period\nselect sum({value}) as value, count(*) as n from marts.customer_days where {where}"
    )
    until = snapshot.facts.observed_until
    this_week = snapshot.metric("sales", Filters(range="l28d", compare=Compare.PREVIOUS_PERIOD))
    period = Filters(range="l28d", compare=Compare.PREVIOUS_PERIOD).comparison(until)
    assert period
    week_before = snapshot.metric("sales", Filters(range="custom", start=period.start, end=period.end))
    assert this_week.previous == week_before.value
    assert this_week.value != this_week.previous
    assert this_week.n
    assert this_week.n > 0


def test_a_period_observed_only_in_part_is_not_compared_with(figures: Path, snapshot: Snapshot):
    (figures / "sales.sql").write_text(
        HEAD + "-- filters: period\nselect sum(net_sales) as value from marts.customer_days where {where}"
    )
    start = snapshot.facts.observed_from
    early = Filters(range="custom", start=start, end=date(start.year, 12, 31), compare=Compare.PREVIOUS_YEAR)
    value = snapshot.metric("sales", early)
    assert value.value
    assert value.previous is None


def test_new_customers_against_the_first_year_of_the_data_are_no_measure(snapshot: Snapshot):
    """Who bought before the data begin is not known, so that all customers of the first year look new."""
    known = known_new_from(snapshot.facts.observed_from)
    first = Filters(range="custom", start=known, end=months_back(known, -3), compare=Compare.PREVIOUS_PERIOD)
    later = Filters(range="custom", start=months_back(known, -6), end=months_back(known, -9), compare=first.compare)
    assert snapshot.metric("new_customers", first).doubt == LOOK_NEW
    assert snapshot.metric("new_customers", later).doubt == ""
    assert snapshot.metric("orders", first).doubt == ""


def test_a_figure_without_its_input_says_what_to_load(figures: Path, snapshot: Snapshot):
    figure = "select 1.0 as value"
    (figures / "cac.sql").write_text(HEAD + "-- filters: none\n-- requires: spend\n" + figure)
    (figures / "money.sql").write_text(HEAD + "-- filters: none\nselect sum({value}) as value from marts.customer_days")
    poor = snapshot.facts.__class__(**{n: getattr(snapshot.facts, n) for n in snapshot.facts.__slots__} | {
        "has_spend": False, "has_costs": False})  # fmt: skip
    assert "marketing spend" in metrics.metric("cac").missing(Filters(), poor)
    assert "costs" in metrics.metric("money").missing(Filters(basis=Basis.GROSS_MARGIN), poor)
    assert metrics.metric("money").missing(Filters(), poor) == ""
    assert snapshot.metric("cac").value == 1.0


def test_nothing_to_count_is_a_reason_and_not_a_zero(figures: Path, snapshot: Snapshot):
    (figures / "sales.sql").write_text(
        HEAD + "-- filters: country\nselect sum(net_sales) as value from marts.customer_days where {where}"
    )
    value = snapshot.metric("sales", Filters(country=("Atlantis",)))
    assert value.value is None
    assert value.reason


def test_an_unknown_unit_is_a_bug(figures: Path):
    (figures / "odd.sql").write_text(HEAD.replace("money", "stars") + "select 1 as value")
    with pytest.raises(ValueError, match="unit"):
        metrics.metric("odd")
