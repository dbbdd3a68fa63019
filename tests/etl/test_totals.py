"""What groups of customers are worth together, with bounds, and the key figures that show them."""

from __future__ import annotations

import pytest

from dashapp.domain import scoring, shelf
from dashapp.domain.filters import Filters
from dashapp.domain.uncertainty import uncertain_value
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def test_totals_are_the_sums_of_the_customers_by_every_kind_of_group(snapshot: Snapshot):
    for kind in ("segment", "country", "channel"):
        wrong = snapshot._rows(
            f"""select * from (select {kind} as name, count(*) as n, sum(clv) as clv from marts.customers group by all)
                full join (select * from marts.clv_totals where kind = '{kind}') as t using (name)
                where n is distinct from t.customers or not abs(clv - total) < 1e-6 * total""",
            {},
        )
        assert wrong == [], kind


def test_the_key_figures_have_bounds_from_the_stored_fits(snapshot: Snapshot):
    models = {row["target"]: row["fitted"] for row in snapshot.frame("trust_models").to_dict("records")}
    fits = scoring.Fits(*(shelf.restore(models[name]) for name in ("purchases", "spend")))
    facts = snapshot.facts
    value = uncertain_value(fits, snapshot.base(), facts.horizon_days, facts.annual_discount_rate, facts.gross_margin)
    total, mean = snapshot.metric("residual_value"), snapshot.metric("average_clv")
    expected = value.totals()
    assert (total.low, total.high) == pytest.approx((expected.low[0], expected.high[0]))
    assert total.low < total.value < total.high
    assert (mean.low, mean.high) == pytest.approx((total.low / total.n, total.high / total.n))


@pytest.mark.parametrize("name", ["residual_value", "average_clv"])
def test_bounds_follow_exactly_one_group_and_are_left_out_for_any_other_choice(snapshot: Snapshot, name: str):
    segment, other = (row["name"] for row in snapshot._rows(
        "select name from marts.clv_totals where kind = 'segment' order by customers desc limit 2", {}
    ))  # fmt: skip
    one = snapshot.metric(name, Filters(segment=(segment,)))
    assert one.low < one.value < one.high
    assert one.low != snapshot.metric(name).low
    two = snapshot.metric(name, Filters(segment=(segment, other)))
    assert two.value
    assert two.low is two.high is None
    nobody = snapshot.metric(name, Filters(country=("Atlantis",)))
    assert nobody.low is None
