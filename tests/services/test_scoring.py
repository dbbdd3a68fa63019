"""What-if values equal the published ones where they ask the same, and move the right way where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.errors import InputError, NotEnoughData, NotFound
from dashapp.services.access import Principal, Role
from dashapp.services.customers import Rows, matching
from dashapp.services.scoring import customer_value, recompute
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.services import shop

ASKED: dict[str, Any] = {
    "snapshot_id": "000001-test", "filters": {}, "model": "mbg_nbd", "horizon_days": 365,
    "annual_discount_rate": 0.1, "gross_margin": 1.0,
}  # fmt: skip


class Steps:
    def __init__(self) -> None:
        self.fractions: list[float] = []

    def step(self, name: str, fraction: float, message: str = "") -> None:
        self.fractions.append(fraction)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return shop.publish(tmp_path_factory.mktemp("shop"), shop.customers())


def test_the_published_assumptions_give_the_published_total(settings: Settings) -> None:
    result = recompute(ASKED, Steps(), settings)
    assert result["customers"] == 400
    assert result["total"] == pytest.approx(result["published_total"], rel=1e-9)
    assert result["difference"] == pytest.approx(0, abs=1e-6)


def test_the_parts_add_up(settings: Settings) -> None:
    result = recompute(ASKED | {"horizon_days": 90}, Steps(), settings)
    assert sum(segment["clv"] for segment in result["segments"]) == pytest.approx(result["total"])
    assert sum(segment["customers"] for segment in result["segments"]) == sum(result["histogram"]["counts"]) == 400
    assert result["mean"] * 400 == pytest.approx(result["total"])


@pytest.mark.parametrize(
    ("change", "ratio"),
    [
        ({"gross_margin": 0.5}, (0.5, 0.5)),
        ({"annual_discount_rate": 0.0}, (1.0, 1.2)),
        ({"horizon_days": 30}, (0, 0.3)),
    ],
)
def test_margin_discount_and_horizon_move_the_total_as_they_must(
    settings: Settings, change: dict[str, float], ratio: tuple[float, float]
) -> None:
    result = recompute(ASKED | change, Steps(), settings)
    share = result["total"] / result["published_total"]
    assert ratio[0] - 1e-9 <= share <= ratio[1] + 1e-9
    assert share != pytest.approx(1)


def test_a_filter_chooses_whom_to_add_up_and_leaves_the_parameters_alone(settings: Settings) -> None:
    whole = recompute(ASKED, Steps(), settings)
    part = recompute(ASKED | {"filters": {"country": "France"}}, Steps(), settings)
    assert 0 < part["customers"] < whole["customers"]
    assert part["total"] == pytest.approx(part["published_total"], rel=1e-9)
    assert part["models"] == whole["models"]


def test_another_model_is_fitted_to_all_customers(settings: Settings) -> None:
    result = recompute(ASKED | {"model": "bg_nbd", "filters": {"country": "France"}}, Steps(), settings)
    assert result["models"][0]["model"] == "bg_nbd"
    assert result["models"][0]["n_customers"] == 400


def test_progress_only_goes_forward(settings: Settings) -> None:
    steps = Steps()
    recompute(ASKED | {"model": "bg_nbd"}, steps, settings)
    assert steps.fractions == sorted(steps.fractions)
    assert 0 < steps.fractions[0] < steps.fractions[-1] <= 1


def test_one_customer_gets_the_same_figures_as_in_the_published_list(settings: Settings) -> None:
    reader = Principal(1, "vic", Role.VIEWER, "")
    found = matching(Snapshots(settings).current(), Filters(), Listing(search="C-00007"), reader, Rows(1))
    published = found.rows.iloc[0]
    result = customer_value(ASKED | {"customer_key": 7}, Steps(), settings)
    names = ("clv", "clv_low", "clv_high", "p_active", "expected_purchases")
    assert {name: result[name] for name in names} == pytest.approx({name: published[name] for name in names}, rel=1e-3)
    longer = customer_value(ASKED | {"customer_key": 7, "horizon_days": 730}, Steps(), settings)
    assert longer["clv"] > result["clv"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"annual_discount_rate": -0.1}, InputError),
        ({"model": "no_such"}, InputError),
        ({"snapshot_id": "000009-other"}, InputError),
        ({"filters": {"country": "Nowhere"}}, NotEnoughData),
    ],
)
def test_what_cannot_be_computed_is_refused_in_a_sentence(
    settings: Settings, change: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        recompute(ASKED | change, Steps(), settings)


def test_an_unknown_customer_is_not_found(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        customer_value(ASKED | {"customer_key": 99_999}, Steps(), settings)


def test_a_refreshed_snapshot_is_reproduced_from_its_stored_parameters(sample_warehouse: Settings) -> None:
    facts = Snapshots(sample_warehouse).current().facts
    asked = {
        "snapshot_id": facts.snapshot_id, "filters": {}, "model": facts.model, "horizon_days": facts.horizon_days,
        "annual_discount_rate": facts.annual_discount_rate, "gross_margin": facts.gross_margin,
    }  # fmt: skip
    result = recompute(asked, Steps(), sample_warehouse)
    assert result["published_total"] > 0
    assert result["total"] == pytest.approx(result["published_total"], rel=1e-6)
