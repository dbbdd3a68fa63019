"""The churn card: one sentence for what cannot be used, and every figure under its name with its horizon."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest
from dash import no_update
from plotly.utils import PlotlyJSONEncoder

from dashapp.errors import FilterError, JobCancelled
from dashapp.services.churn import compute
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import churn

GIVEN = {"horizon": "90", "threshold": "50", "view": {}}


class Steps:
    def step(self, name: str, fraction: float, message: str = "") -> None: ...


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def plan(snapshot: Snapshot, **given: Any) -> dict[str, Any]:
    return churn.planned(snapshot.facts, **(GIVEN | given)).arguments


def shown(snapshot: Snapshot, settings: Settings, **given: Any) -> str:
    """All a reader sees of a result, as JSON."""
    result = json.loads(json.dumps(compute(plan(snapshot, **given), Steps(), settings)))
    return json.dumps(churn.show(result), cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"horizon": "0"}, "The horizon must be 1 to 3,650 whole days. Use 365 for a year."),
        ({"horizon": "soon"}, "The horizon is not a number. Write digits, for example 10."),
        ({"threshold": "100"}, "The threshold must lie between 0 and 100 %. Use 50 for more likely than not."),
        ({"threshold": None}, "The threshold is not a number. Write digits, for example 10."),
    ],
)
def test_what_cannot_be_used_is_answered_with_one_sentence(
    snapshot: Snapshot, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(FilterError) as caught:
        plan(snapshot, **given)
    assert caught.value.sentence() == sentence


def test_the_question_holds_whom_to_count_and_not_the_period(snapshot: Snapshot) -> None:
    asked = plan(snapshot, threshold="62,5 %", view={"range": "all", "country": "Germany"})
    assert asked == {
        "snapshot_id": snapshot.id, "filters": {"country": "Germany"}, "horizon_days": 90, "threshold": 0.625,
    }  # fmt: skip


def test_every_figure_stands_under_its_name_with_its_horizon(snapshot: Snapshot, sample_warehouse: Settings) -> None:
    text = shown(snapshot, sample_warehouse, view={"country": "Germany"})
    for words in ("Churn rate, 90 days", "Customers expected to be lost, 90 days", "Lapsed by their own rhythm",
                  "No purchase in the 90 days",
                  "country Germany", "by segment", "by channel", "AUC", "Brier", "whatever the filters"):  # fmt: skip
        assert words in text
    assert "NaN" not in text
    assert "till a customer" not in text


def test_the_calibration_is_a_figure_that_plotly_takes(snapshot: Snapshot, sample_warehouse: Settings) -> None:
    result = compute(plan(snapshot), Steps(), sample_warehouse)
    drawn = churn.ANSWER.shown("churn_check", result)["churn_check-result-graph"]
    assert len(go.Figure(drawn.figure).data[1].x) == len(result["check"]["bins"])


def test_too_long_a_horizon_shows_the_figures_and_what_is_missing(
    snapshot: Snapshot, sample_warehouse: Settings
) -> None:
    text = shown(snapshot, sample_warehouse, horizon="3000")
    assert "Churn rate, 3,000 days" in text
    assert "Not enough data. " in text
    assert "days or fewer, or load a longer history" in text
    assert "AUC" not in text


def test_after_a_cancel_the_old_result_stays_and_the_message_says_so() -> None:
    assert churn.failed(JobCancelled("Cancelled.")) == [no_update, "Cancelled."]


def test_nobody_called_is_said_and_not_divided_by() -> None:
    assert churn._called("churners", {"customers": 0, "lost": 0}) == "Nobody was called churners."
