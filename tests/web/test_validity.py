"""Where predicted value is not valid, no page, export or answer puts a price on anybody's future."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.errors import NotEnoughData
from dashapp.services import behind, charting, customers, exports, scoring
from dashapp.services.access import Principal, Role
from dashapp.services.customers import Rows
from dashapp.services.lab_account import STAMP
from dashapp.settings import Settings
from dashapp.store import metrics, state
from dashapp.store.journal import Journal
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web import format as fmt
from dashapp.web.components import drawer, rfm_groups
from dashapp.web.pages import audit, customer, lab, overview, portfolio, segments, trust
from dashapp.web.pages import customers as listed
from etl import pipeline
from etl.progress import Silent
from etl.validity import MONEY

pytestmark = pytest.mark.slow

ANALYST = Principal(2, "ann", Role.ANALYST, "")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A shop with 400 customers where 500 are demanded."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("small"))
    pipeline.refresh(pipeline.Request("sample", options={"customers": "400"}), settings, Silent(), lambda: NOW)
    return settings


@pytest.fixture(scope="module")
def snapshot(settings: Settings) -> Snapshot:
    return Snapshots(settings).current()


def text(*parts: Any) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, default=str, ensure_ascii=False)


def test_the_snapshot_holds_no_predicted_money_but_probabilities(snapshot: Snapshot) -> None:
    assert snapshot.facts.validity == "not_valid"
    assert "500 are needed" in snapshot.facts.validity_reason
    frame = customers.matching(snapshot, Filters(), Listing(), ANALYST, Rows(500)).rows
    assert frame[list(MONEY)].isna().all().all()
    assert frame[["p_active", "health_score", "risk_band"]].notna().all(axis=None)
    ahead = snapshot.frame("cohort_matrix", Filters(range="all"), split="").query("is_predicted")
    assert ahead["share"].notna().all()
    assert len(ahead) > 0
    assert ahead[["value_ahead", "value_ahead_low", "value_ahead_high"]].isna().all(axis=None)
    payback = snapshot.frame("cohort_payback", Filters(range="all"), split="")
    assert payback["margin"].notna().all()
    assert not payback["is_predicted"].any()


@pytest.mark.parametrize("name", metrics.names())
def test_no_key_figure_shows_predicted_money(snapshot: Snapshot, name: str) -> None:
    figure = snapshot.metric(name)
    if "value" in metrics.metric(name).requires:
        assert figure.value is None
        assert figure.reason.startswith(metrics.NOT_VALID)


def test_the_drawer_prices_nobody(snapshot: Snapshot) -> None:
    found = behind.of_metric("active_customers", snapshot, Filters())
    rows = customers.matching(snapshot, found.filters, found.listing, ANALYST, Rows(drawer.ROWS))
    told = drawer.told(found, rows, snapshot.facts, "12", {})
    assert rows.count > 0
    assert [name for name, _ in told["figures"]] == ["Customers", "Net sales so far"]
    assert "Predicted CLV" not in told["table"]["columns"]
    assert told["badge"]["text"] == "Predictions: not valid"


def test_every_key_figure_of_predicted_money_asks_for_validity() -> None:
    told = {name for name in metrics.names() if re.search(r"\bclv|value_at_risk", metrics.metric(name).query.sql)}
    assert told == {name for name in metrics.names() if "value" in metrics.metric(name).requires}


@pytest.mark.parametrize("name", list(catalogue.charts()))
def test_no_chart_draws_predicted_money(snapshot: Snapshot, name: str) -> None:
    more = {"customer_key": 1} if catalogue.chart(name).query == "customer_orders" else {}
    chart = charting.draw(name, snapshot, Filters(), **more)
    columns = [column for column in chart.table if re.search(r"CLV|Predicted each", str(column))]
    assert chart.table[columns].isna().all().all()
    assert "CLV" not in text(chart.figure) + chart.summary
    if catalogue.chart(name).is_predicted:
        assert chart.note is not None
        assert "500 are needed" in chart.note.next_step


def test_no_page_puts_a_price_on_the_future(snapshot: Snapshot, settings: Settings) -> None:
    journal = Journal.open(settings, state.open(settings))
    known = customers.profile(snapshot, "1", ANALYST, journal)
    assert all(known[name] is None for name in MONEY)
    found = customers.matching(snapshot, Filters(), Listing(), ANALYST, Rows(5))
    rows, strip, *_ = listed.show(found, Filters(), snapshot.facts)
    assert all(row[name] is None for row in rows["rowData"] for name in MONEY)
    figures = dict(re.findall(r"Dt\(children=\['(.*?)'.*?Dd\('(.*?)'\)", text(strip)))
    assert {figures["Predicted CLV, next 365 days"], figures["Value at risk"]} == {fmt.NOTHING}
    assert "not valid" in overview.definition(snapshot.facts, None, None)
    assert "not valid" in text(customer._predicted(known, snapshot.facts))
    assert "MAE" not in text(trust.show(snapshot))
    assert "not valid" in text(trust.show(snapshot))
    assert portfolio.BOARD.show(snapshot, Filters())
    assert "500 are needed" in text(segments.show_value(snapshot, Filters())[0])
    worth = rfm_groups.show(snapshot, Filters(), "clv")[0].children
    assert {tile.children[1].children for tile in worth} == {fmt.NOTHING}
    assert "CLV" not in text([lens.board.show(snapshot, Filters()) for lens in audit.LENSES[1:]])


def test_the_lab_is_closed_and_has_no_curves(snapshot: Snapshot) -> None:
    values = lab.show(snapshot, {}, {}, ())
    assert "500 are needed" in text(values)
    assert STAMP not in text(values)
    assert snapshot.frame("value_curves").empty


def test_an_export_says_so_and_holds_none(snapshot: Snapshot) -> None:
    file = exports.CustomersFile(snapshot, exports.Request(Filters(), Listing(), False, "ann", NOW))
    about = dict(file.about())
    assert about["Predictions"].startswith("Not valid. ")
    header, *lines = b"".join(file.csv()).decode("utf-8-sig").splitlines()
    places = [header.split(",").index(name) for name in MONEY]
    assert all(line.split(",")[place] == "" for line in lines[:50] for place in places)


def test_recomputing_is_refused_with_the_reason(snapshot: Snapshot, settings: Settings) -> None:
    facts = snapshot.facts
    asked = {
        "snapshot_id": facts.snapshot_id, "filters": {}, "customer_key": 1, "model": facts.model, "horizon_days": 90,
        "annual_discount_rate": 0.1, "gross_margin": 1.0,
    }  # fmt: skip
    for compute in (scoring.recompute, scoring.customer_value):
        with pytest.raises(NotEnoughData) as refusal:
            compute(asked, Steps(), settings)
        assert "500 are needed" in refusal.value.hint


class Steps:
    def step(self, name: str, fraction: float, message: str = "") -> None: ...
