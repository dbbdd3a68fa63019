"""A German house: every page, card and chart writes numbers the German way, and weeks begin on the chosen day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.kit import theme
from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import Compare
from dashapp.domain.what_if_address import KEYS
from dashapp.errors import SettingsError
from dashapp.services import charting
from dashapp.settings import Settings, load
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web import factory
from dashapp.web.components import lab_controls
from dashapp.web.pages import lab
from tests.web.conftest import SAME_ORIGIN, House, body_of

ENGLISH = re.compile(r"(?<![\w.,:/\-{])(?:[1-9]\d{0,2},\d{3}(?!\d)|\d+\.\d{1,2}(?:\s?%|k\b|m\b)|[£€$]\d)")
"Thousands with a comma, a decimal point before a unit, or the currency before the amount."
NOT_WORDS = re.compile(
    r'"(hovertemplate|customdata|bdata|path|d|id|href|color|fillcolor|colorscale)": ("[^"]*"|\[[^\]]*\])'
)
"Parts of figures that no reader sees as they are: the browser formats hovers by the template's separators."


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    written.use("de_DE", "sunday")
    yield
    written.use()


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def words(value: Any) -> str:
    return NOT_WORDS.sub("", json.dumps(value, cls=PlotlyJSONEncoder, default=str, ensure_ascii=False))


def english(value: Any) -> list[str]:
    text = words(value)
    return [text[max(found.start() - 40, 0) : found.end() + 20] for found in ENGLISH.finditer(text)]


@pytest.mark.slow
def test_no_redraw_of_any_page_writes_a_number_the_english_way(house: House) -> None:
    """Every callback that answers to the filter bar or to the opening of a page."""
    client, found = house.client("admin"), 0
    for key, entry in house.app.callback_map.items():
        watched = {item["id"] for item in entry["inputs"] if isinstance(item["id"], str)}
        if key in factory.DASH_CALLBACKS or entry.get("background") or not watched & {"filters", "trust-opened"}:
            continue
        body = body_of(house.app, key)
        body["inputs"] = [item | {"value": {} if item["id"] == "filters" else None} for item in body["inputs"]]
        answer = client.post("/_dash-update-component", json=body, headers=SAME_ORIGIN)
        if answer.status_code == 200:
            found += 1
            assert english(json.loads(answer.get_data(as_text=True))) == [], key
    assert found >= 8


def test_the_lab_fills_its_fields_and_reads_them_the_german_way(snapshot: Snapshot) -> None:
    values = lab.show(snapshot, {}, {"margin": "38.5", "buying": "1.25", "cac": "20"}, ())
    assert english(values) == []
    assert values[0] == "38,5"
    typed = lab_controls.asked("lab-margin", dict(zip(KEYS, values, strict=False)), {}, {})
    assert (typed["margin"], typed["buying"]) == ("38.5", "1.25")


@pytest.mark.parametrize("name", list(catalogue.charts()))
def test_no_chart_writes_a_number_the_english_way(snapshot: Snapshot, name: str) -> None:
    more = {"customer_key": 1} if catalogue.chart(name).query == "customer_orders" else {}
    chart = charting.draw(name, snapshot, Filters(range="all"), **more)
    drawn = {key: part for key, part in (chart.figure or {}).items()}
    assert english([drawn, chart.summary, chart.note.text if chart.note else ""]) == []


def test_the_page_tells_browser_and_plotly_which_locale_it_is(house: House) -> None:
    assert theme.template("light")["layout"]["separators"] == ",."
    assert 'data-locale="en-GB"' in house.client("viewer").get("/overview").get_data(as_text=True)


def test_weeks_of_the_trend_begin_on_the_chosen_day(snapshot: Snapshot) -> None:
    view = Filters(range="l90d", compare=Compare.NONE)
    found = snapshot.frame("revenue_trend", view, grain="week")
    assert {f"{day:%A}" for day in found["bucket"]} == {"Sunday"}
    monday, sales = snapshot.frame("revenue_trend", view, grain="month"), found["gross_sales"].astype(float).sum()
    assert monday["gross_sales"].astype(float).sum() == pytest.approx(sales)


def test_a_locale_nobody_knows_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LOCALE", "klingon")
    with pytest.raises(SettingsError, match="locale"):
        load()
    monkeypatch.setenv("TENURE_LOCALE", "de-de")
    assert load().locale == "de_DE"
