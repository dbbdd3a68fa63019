"""Cards: what a callback returns fits what the page listed, and a missing value says why."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from dash import no_update

from dashapp.charts import catalogue
from dashapp.charts.chart import Chart, nothing
from dashapp.services import charting
from dashapp.store.metrics import MetricValue, metric
from dashapp.web.components import facts
from dashapp.web.components.basics import data_table, icon, safe_href
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.graph import CONFIG
from dashapp.web.components.kpi import kpi_card, kpi_outputs, kpi_values

DRAWN = Chart({"data": [], "layout": {}}, "Sales rose.", pd.DataFrame({"Month": ["May"], "Sales": [1234.5]}))


def text(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def test_every_output_of_a_card_is_a_part_of_the_card():
    drawn = text(chart_card("probe", catalogue.chart("revenue_trend")))
    outputs = card_outputs("probe")
    assert len(card_values(DRAWN)) == len(outputs)
    for output in outputs:
        assert f'"id": "{output.component_id}"' in drawn


def test_a_long_explanation_waits_behind_a_word_and_a_short_one_is_there_at_once():
    short, long = (text(facts.card("Title", hint="word " * words)) for words in (10, 60))
    assert ("How to read this" in short, "How to read this" in long) == (False, True)
    assert "card-unit" in short


def test_a_card_names_the_filters_it_heeds_and_those_it_cannot_behind_a_button_for_the_keyboard():
    used, ignored = charting.heeded("channel_performance")
    assert ("channel" in used, "country" in ignored) == (True, True)
    spec = catalogue.chart("channel_performance")
    without, drawn = text(chart_card("probe", spec)), text(chart_card("probe", spec, 6, used, ignored))
    assert "Filters used: channel." in drawn
    assert "Ignored here: period, country, segment, first purchase, bought category, bought product, saved" in drawn
    assert drawn.count('"type": "Summary"') == without.count('"type": "Summary"') + 1
    assert "Ignored here" not in without


@pytest.mark.parametrize(
    ("name", "heeds", "cannot"),
    [
        ("net_sales", "value basis, comparison.", "none."),
        ("average_clv", "saved segment.", "period, value basis, comparison."),
        ("acquisition_cost", "period, channel, comparison.", "country, segment,"),
    ],
)
def test_a_key_figure_says_the_same_of_itself(name: str, heeds: str, cannot: str) -> None:
    drawn = text(kpi_card("probe", metric(name)))
    used, ignored = drawn.split("Filters used: ")[1].split("Ignored here: ")
    assert used.split('"')[0].endswith(heeds)
    assert ignored.startswith(cannot)
    assert "Ignored here" not in text(kpi_card("probe", metric(name), body="1")), "no bar, no funnel"


def test_a_chart_without_a_figure_shows_why_and_keeps_the_graph():
    figure, look, table, words = card_values(nothing("No orders in this view.", "Choose a longer period."))
    assert figure is no_update
    assert (look, table) == ("chart-card is-noted", "")
    assert "No orders in this view." in text(words)
    assert "Choose a longer period." in text(words)


def test_the_table_beside_a_chart_holds_its_numbers():
    assert "1,234.5" in card_values(DRAWN)[2]


def test_the_table_of_a_chart_that_did_not_change_is_put_into_words_once():
    assert card_values(DRAWN)[2] is card_values(DRAWN)[2]
    assert card_values(replace(DRAWN))[2] is not card_values(DRAWN)[2], "another chart has a table of its own"


def test_a_graph_sends_nothing_away():
    assert CONFIG["showSendToCloud"] is False
    assert CONFIG["plotlyServerURL"] == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (MetricValue(112.0, 100.0, n=7), ["+12.0\u00a0%", "change-good", "arrow-up", "n = 7", "vs before"]),
        (MetricValue(90.0, 100.0), ["−10.0\u00a0%", "change-bad", "arrow-down"]),
        (MetricValue(None, reason="No costs were loaded."), ["No costs were loaded.", "–"]),
        (MetricValue(5.0, None, 4.0, 6.0), ["80\u00a0%: £4 to £6"]),
    ],
)
def test_a_key_figure_says_its_change_by_sign_arrow_and_word(value, said):
    body = text(kpi_values([(metric("net_sales"), value)], "GBP", "vs before")[0])
    for part in said:
        assert part in body


def test_a_neutral_figure_is_neither_good_nor_bad():
    neutral = replace(metric("net_sales"), better="neutral")
    assert "change-neutral" in text(kpi_values([(neutral, MetricValue(2.0, 1.0))], "GBP", "vs before")[0])


def test_a_change_that_measures_nothing_says_why_and_is_neither_good_nor_bad():
    value = MetricValue(46.0, 100.0, doubt="all look new")
    body = text(kpi_values([(metric("new_customers"), value)], "GBP", "vs before")[0])
    assert "vs before; all look new" in body
    assert "change-neutral" in body


def test_a_figure_says_what_it_is_compared_with_where_that_is_its_own():
    value = MetricValue(2.0, 1.0, against="since snapshot 1")
    body = text(kpi_values([(metric("average_clv"), value)], "GBP", "vs before")[0])
    assert ("since snapshot 1" in body, "vs before" in body, "+100.0\u00a0%" in body) == (True, False, True)
    alone = text(kpi_values([(metric("average_clv"), MetricValue(2.0, against="no earlier snapshot"))], "GBP")[0])
    assert ("no earlier snapshot" in alone, "change" in alone) == (True, False)
    same = text(kpi_values([(metric("average_clv"), MetricValue(2.0, 2.0))], "GBP", "vs before")[0])
    assert ("unchanged" in same, "arrow" in same) == (True, False)


def test_key_figure_outputs_are_parts_of_the_card():
    assert f'"id": "{kpi_outputs("probe")[0].component_id}"' in text(kpi_card("probe", metric("net_sales")))


@pytest.mark.parametrize("href", ["//evil.example", "https://evil.example", "javascript:alert(1)", "/\\evil", "evil"])
def test_a_link_never_leaves_the_site(href):
    with pytest.raises(ValueError, match="not a path"):
        safe_href(href)


def test_an_unknown_icon_is_an_error():
    with pytest.raises(ValueError, match="no icon"):
        icon("made-up")


def test_a_long_table_says_that_it_was_cut():
    assert "The first 5 of 9 rows." in text(data_table(pd.DataFrame({"n": range(9)}), limit=5))
