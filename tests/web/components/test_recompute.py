"""The what-if panel: one sentence for what cannot be used, and figures that say what they mean."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dash import Dash, dcc, html, no_update

from dashapp.domain.shelf import titles
from dashapp.errors import FilterError, JobCancelled
from dashapp.services.ahead import Ahead
from dashapp.services.computations import Computations
from dashapp.store.results import open_results
from dashapp.store.snapshot import Snapshots
from dashapp.web.background import JobManager
from dashapp.web.components import recompute
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.door import Door
from tests.services import shop
from tests.web.background_app import Reader

GIVEN = {"model": "mbg_nbd", "horizon": "365", "rate": "10", "margin": "100", "view": {}}


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Snapshots:
    return Snapshots(shop.publish(tmp_path_factory.mktemp("shop"), shop.customers(200)))


def _plan(snapshots: Snapshots, **given: Any) -> dict[str, Any]:
    return recompute.planned(snapshots.current().facts, **(GIVEN | given)).arguments


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"rate": "-5"}, "The discount rate cannot be negative. Use 0 for no discounting, 10 for 10 %."),
        ({"rate": "ten"}, "The discount rate is not a number. Write digits, for example 10."),
        ({"rate": "nan"}, "The discount rate is not a number. Write digits, for example 10."),
        ({"horizon": "0"}, "The horizon must be 1 to 3,650 whole days. Use 365 for a year."),
        ({"horizon": "10.5"}, "The horizon must be 1 to 3,650 whole days. Use 365 for a year."),
        ({"margin": "0"}, "The gross margin must lie above 0 and up to 100 %. Use 100 to count revenue."),
        ({"margin": None}, "The gross margin is not a number. Write digits, for example 10."),
        (
            {"model": "os"},
            f"Choose a purchase model. There are {', '.join(titles('purchases').values())}.",
        ),
    ],
)
def test_what_cannot_be_used_is_answered_with_one_sentence_and_a_hint(
    snapshots: Snapshots, given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(FilterError) as caught:
        _plan(snapshots, **given)
    assert caught.value.sentence() == sentence


def test_percent_signs_and_decimal_commas_are_read(snapshots: Snapshots) -> None:
    plan = _plan(snapshots, rate="7,5 %", margin="40%")
    assert (plan["annual_discount_rate"], plan["gross_margin"]) == (0.075, 0.4)


def test_filters_that_choose_no_customers_do_not_make_another_question(snapshots: Snapshots) -> None:
    assert _plan(snapshots, view={"range": "all", "country": "France"}) == _plan(snapshots, view={"country": "France"})
    assert _plan(snapshots, view={"country": "France"}) != _plan(snapshots)


def test_the_fields_start_with_what_was_published(snapshots: Snapshots) -> None:
    assert recompute.published(snapshots.current().facts) == ["mbg_nbd", "365", "10", "100"]


def test_after_a_cancel_the_old_result_stays_and_the_message_says_so() -> None:
    assert recompute.failed(JobCancelled("Cancelled.")) == [no_update, "Cancelled."]


def test_a_click_computes_in_another_process_and_shows_figures_with_their_definition(
    snapshots: Snapshots, tmp_path: Path
) -> None:
    settings = snapshots._settings
    results = open_results(settings, b"a key of thirty-two characters..")
    manager = JobManager(results, Computations(results, settings), lambda: Reader("ann", "analyst"))
    app = Dash("panel", use_pages=False)
    app.server.secret_key = "x" * 32
    app.layout = html.Div([dcc.Store(id=FILTERS), recompute.layout()])
    door = Door(app, manager, Ahead(is_on=False)).on("overview:read")
    recompute.wire(door, SimpleNamespace(snapshots=snapshots))
    answer = _click(app, {"country": "France"})
    assert answer["recompute-message"]["children"].startswith("Done")
    text = str(answer["recompute-result"]["children"])
    for word in ("over 730 days", "10.0\\xa0% a year", "MBG/NBD (", "n = 67", "snapshot 000001-test"):
        assert word in text


def _click(app: Dash, view: dict[str, str]) -> dict[str, Any]:
    """Press the button and poll as the browser does."""
    client = app.server.test_client()
    client.get("/")
    output = "..recompute-result.children...recompute-message.children.."
    callback = app.callback_map[output]
    values: list[Any] = [1, "mbg_nbd", "730", "10", "100", view, ""]
    inputs = [item | {"value": value} for item, value in zip(callback["inputs"], values[:1], strict=True)]
    state = [item | {"value": value} for item, value in zip(callback["state"], values[1:], strict=True)]
    outputs = [{"id": name.component_id, "property": name.component_property} for name in callback["output"]]
    body = {"output": output, "outputs": outputs, "inputs": inputs, "state": state, "changedPropIds": []}
    handles = client.post("/_dash-update-component", json=body).json
    until = time.monotonic() + 30
    while time.monotonic() < until:
        query = {"cacheKey": handles["cacheKey"], "job": handles["job"]}
        answer = client.post("/_dash-update-component", json=body, query_string=query).json
        if "response" in answer:
            return answer["response"]
        time.sleep(0.1)
    raise AssertionError("no answer in time")
