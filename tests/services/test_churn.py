"""Churn at a reader's horizon agrees with the published scores, respects filters, and says how right it has been."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.errors import InputError, NotEnoughData
from dashapp.services.churn import compute
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


class Steps:
    def __init__(self) -> None:
        self.fractions: list[float] = []

    def step(self, name: str, fraction: float, message: str = "") -> None:
        self.fractions.append(fraction)


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture
def churn(snapshot: Snapshot, sample_warehouse: Settings) -> Any:
    def ask(steps: Any = None, **given: Any) -> dict[str, Any]:
        asked = {"snapshot_id": snapshot.id, "filters": {}, "horizon_days": 90, "threshold": 0.5} | given
        return compute(asked, steps or Steps(), sample_warehouse)

    return ask


@pytest.mark.parametrize("view", [{}, {"country": "Germany"}])
def test_at_the_published_horizon_it_is_the_key_figures(snapshot: Snapshot, churn: Any, view: dict[str, str]) -> None:
    found = churn(horizon_days=snapshot.facts.horizon_days, filters=view)
    for name in ("churn_rate", "expected_lost", "lapsed_share"):
        assert found[name] == pytest.approx(snapshot.metric(name, Filters.from_query(view)).value, rel=1e-6)


@pytest.mark.parametrize("view", [{}, {"country": "Germany"}, {"segment": "Loyal|Dormant"}])
def test_the_groups_add_up_to_the_customers_under_the_filters(
    snapshot: Snapshot, churn: Any, view: dict[str, str]
) -> None:
    found = churn(filters=view)
    assert found["customers"] == len(snapshot.base(Filters.from_query(view)))
    for by in ("segment", "channel"):
        for name in ("customers", "churners", "expected_lost"):
            assert sum(row[name] for row in found[by]) == pytest.approx(found[name])


def test_a_filter_chooses_whom_to_count_and_leaves_the_look_back_alone(churn: Any) -> None:
    whole, part = churn(), churn(filters={"segment": "Dormant"})
    assert part["churn_rate"] > whole["churn_rate"]
    assert [row["name"] for row in part["segment"]] == ["Dormant"]
    assert part["check"] == whole["check"]


def test_a_longer_horizon_loses_fewer_and_the_gap_rule_does_not_care(churn: Any) -> None:
    short, long = churn(horizon_days=30), churn(horizon_days=400)
    assert long["expected_lost"] < short["expected_lost"]
    assert long["lapsed_share"] == short["lapsed_share"]


def test_the_look_back_ends_where_the_data_end(snapshot: Snapshot, churn: Any) -> None:
    found = churn()["check"]
    known = snapshot._rows(
        "select count(*) as n from marts.customers where first_order_date <= cast($day as date)",
        {"day": found["cut_off"]},
    )
    assert found["customers"] == known[0]["n"]
    assert sum(row["customers"] for row in found["bins"]) == found["customers"]
    assert 0.5 < found["metrics"]["auc"] < 1
    assert found["metrics"]["brier"] < found["metrics"]["brier_constant"]


def test_beyond_half_of_the_data_there_are_figures_and_the_reason_why_nothing_shows_how_right_they_are(
    snapshot: Snapshot, churn: Any
) -> None:
    span = (snapshot.facts.observed_until - snapshot.facts.observed_from).days + 1
    found = churn(horizon_days=span // 2 + 1)
    assert 0 < found["churn_rate"] < 1
    assert found["check"] is None
    assert f"Choose {span // 2} days or fewer" in found["unchecked"][1]
    assert churn(horizon_days=span // 2)["check"]


def test_the_answer_is_json_and_progress_only_goes_forward(churn: Any) -> None:
    steps = Steps()
    answer = churn(steps)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert steps.fractions == sorted(steps.fractions)
    assert 0 < steps.fractions[0] < steps.fractions[-1] <= 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"snapshot_id": "000009-other"}, InputError),
        ({"filters": {"country": "Atlantis"}}, NotEnoughData),
        ({"threshold": 1.5}, InputError),
    ],
)
def test_what_cannot_be_computed_is_refused(churn: Any, given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        churn(**given)
