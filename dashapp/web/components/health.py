"""Health: one customer's score with what makes it, and the card that shows how far the score can be trusted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table
from dashapp.web.components.profile_words import CUSTOMER

RECENT_DAYS = 90
MOST_REASONS = 5
WORTH_TELLING = 0.01
"Log-odds: about 1 % of the odds."
ASSOCIATION = "Association, not cause: what customers like this one did, not what a campaign would change."
LOOKS = {"high": "badge-bad", "medium": "badge-warn", "low": "badge-good"}
PREDICTORS = {
    "p_active": "Purchase model alone", "health": "Health score", "platt": "Purchase model, recalibrated",
}  # fmt: skip
METRICS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "auc": ("AUC", lambda value: fmt.number(value, 3)),
    "brier": ("Brier", lambda value: fmt.number(value, 4)),
    "ece": ("Probability off by", fmt.percent),
}
TERMS = {
    "rhythm": "Purchase model", "lateness": "Lateness", "frequency": "Frequency", "trend": "Recent trend",
    "season": "Same season last year", "returns": "Returns", "money": "Money per purchase day",
}  # fmt: skip


def of_customer(
    known: Mapping[str, Any], why: Mapping[str, Any], verdict: Mapping[str, Any], bands: pd.DataFrame, facts: Facts
) -> Component:
    """known: the profile; why: the row of customer_health, empty without a score; bands: measured event rates."""
    if not fmt.known(known["health_score"]):
        reason = written.local(verdict["sentence"]) if not verdict["used"] else "This customer has no prediction."
        return shown.card("Health", states.insufficient(reason, "Load a longer history: see Trust."))
    score = shown.figure(
        "Health score", _score(known["health_score"]),
        f"of 100: the chance in percent of a purchase within {facts.horizon_days} days", main=True, meanings=CUSTOMER,
    )  # fmt: skip
    place = shown.figure("Among peers", _place(known["health_percentile"]), _peers(why), meanings=CUSTOMER)
    risk = shown.figure(
        "Risk", str(known["risk_band"]).capitalize(), band_words(known["risk_band"], bands, verdict), meanings=CUSTOMER
    )
    told = [html.Li(sentence) for sentence in sentences(known, why, facts.currency)]
    reasons = [
        html.H3("Why, against customers of the same age"),
        html.Ul(told) if told else html.P("As its peers in every respect."),
    ]
    return shown.card(
        "Health",
        html.Div([score, place, risk], className="value-trio"),
        *reasons,
        html.P(ASSOCIATION, className="hint"),
    )


def _score(score: float) -> str:
    """
    >>> _score(57.6), _score(0.2), _score(99.8)
    ('58', 'under 1', 'over 99')
    """
    return "under 1" if score < 1.0 else "over 99" if score > 99.0 else f"{score:.0f}"


def _place(percentile: float) -> str:
    """
    >>> _place(82.4)
    'above 82\\xa0%'
    """
    return f"above {fmt.percent(percentile / 100, 0)}"


def _peers(why: Mapping[str, Any]) -> str:
    mean = 1.0 / (1.0 + math.exp(-float(why["peers_log_odds"])))
    return f"of {fmt.number(why['peers'])} customers of about the same age; a typical one has {100.0 * mean:.0f}"


def band_words(band: Any, bands: pd.DataFrame, verdict: Mapping[str, Any]) -> str:
    """What became of the customers of this band at the untouched cut-off."""
    found = bands[(bands["band"] == band) & (bands["customers"] > 0)].to_dict("records")
    if not found:
        return "Nobody was in this band when the score was tested."
    row = found[0]
    words = (
        f"When tested, {fmt.percent(row['rate'], 0)} of {fmt.number(row['customers'])} customers in this band bought "
        f"again within {verdict['horizon_days']} days ({fmt.percent(row['low'], 0)} to {fmt.percent(row['high'], 0)})."
    )
    return words if verdict["are_separated"] else f"{words} Bands not separated in the past."


def sentences(known: Mapping[str, Any], why: Mapping[str, Any], currency: str) -> list[str]:
    """At most five reasons, the strongest first, each with its direction against peers of the same age."""
    facts = _facts(known, why, currency)
    strength = {name: float(why[name]) for name in facts}
    order = sorted(strength, key=lambda name: -abs(strength[name]))[:MOST_REASONS]
    return [f"{facts[name]}: {_effect(strength[name])}." for name in order if abs(strength[name]) >= WORTH_TELLING]


def _facts(known: Mapping[str, Any], why: Mapping[str, Any], currency: str) -> dict[str, str]:
    """What is known of the customer, by reason."""
    return {
        "frequency": _frequency(known),
        "lateness": _lateness(known),
        "trend": f"{_purchase_days(why['recent_purchases'])} in the last {RECENT_DAYS} days",
        "season": f"{_purchase_days(why['season_purchases'])} in the same season a year ago",
        "returns": f"{fmt.percent(why['returns_share'], 0)} of the money went back",
        "money": _money(known, currency),
    }


def _frequency(known: Mapping[str, Any]) -> str:
    return f"{_purchase_days(known['frequency'] + 1)} in {fmt.days(float(known['T_days']))}"


def _lateness(known: Mapping[str, Any]) -> str:
    """
    >>> _lateness({"frequency": 3, "days_since_last_order": 41, "average_gap_days": 10.0})
    'Last order 4.1 times the usual gap ago'
    """
    if not known["frequency"] or not known["average_gap_days"]:
        return f"Last order {fmt.days(float(known['days_since_last_order']))} ago"
    gaps = known["days_since_last_order"] / known["average_gap_days"]
    return f"Last order {fmt.number(gaps, 1)} times the usual gap ago"


def _money(known: Mapping[str, Any], currency: str) -> str:
    paid = known["monetary_value"] if known["frequency"] else float(known["net_sales"])
    return f"{fmt.amount(paid, currency)} per purchase day"


def _purchase_days(count: Any) -> str:
    return "1 purchase day" if int(count) == 1 else f"{int(count)} purchase days"


def _effect(log_odds: float) -> str:
    """
    >>> _effect(-1.0), _effect(-8.0), _effect(2.0)
    ('lowers the odds by 63\\xa0%', 'lowers the odds by over 99\\xa0%', 'raises the odds 7.4-fold')
    """
    if log_odds < math.log(0.01):
        return f"lowers the odds by over {fmt.percent(0.99, 0)}"
    if log_odds < 0.0:
        return f"lowers the odds by {fmt.percent(-math.expm1(log_odds), 0)}"
    if log_odds < math.log(3.0):
        return f"raises the odds by {fmt.percent(math.expm1(log_odds), 0)}"
    return f"raises the odds {fmt.number(math.exp(log_odds), 1)}-fold"


def card(verdict: Mapping[str, Any], metrics: pd.DataFrame, bands: pd.DataFrame, ablation: pd.DataFrame) -> Component:
    """For Trust: what the score is made of, how it did, what the bands were worth, what each term brings."""
    title = "The health score on the past"
    if metrics.empty:
        return shown.card(title, states.insufficient(written.local(verdict["sentence"]), "Load a longer history."))
    parts = [data_table(_metric_table(metrics), "Health score and purchase model at every cut-off")]
    parts += [
        html.P(written.local(verdict["bands_sentence"]), className="narrative"),
        data_table(_band_table(bands), "Risk bands"),
    ]
    if len(ablation):
        parts.append(data_table(_ablation_table(ablation), "What each term brings"))
    shorter = verdict["learned_horizon_days"] not in (0, verdict["horizon_days"])
    learnt = (
        f" What came {verdict['learned_horizon_days']} days ahead was all there was to learn from." if shorter else ""
    )
    hint = (
        "Every cut-off is judged with what was learnt before it; the latest decides what is used. Today's weights come "
        f"from all cut-offs. In brackets the {fmt.percent(0.95, 0)} interval.{learnt}"
    )
    return shown.card(title, html.P(written.local(verdict["sentence"]), className="narrative"), *parts, hint=hint)


def _metric_table(metrics: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (_, cut_off, predictor), part in metrics.groupby(["origin", "cut_off", "predictor"], sort=False):
        told = {row["metric"]: row for row in part.to_dict("records")}
        cells = {title: _with_interval(told[name], words) for name, (title, words) in METRICS.items() if name in told}
        rows.append(
            {"Cut-off": fmt.day(pd.Timestamp(str(cut_off))), "Probability of": PREDICTORS[str(predictor)]} | cells
        )
    return pd.DataFrame(rows)


def _with_interval(row: Mapping[Any, Any], words: Callable[[Any], str]) -> str:
    return f"{words(row['value'])} ({words(row['low'])} to {words(row['high'])})"


def _band_table(bands: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Risk": [html.Span(band.capitalize(), className=f"badge {LOOKS[band]}") for band in bands["band"]],
            "Score": [
                f"{low:.0f} to {high:.0f}" for low, high in zip(bands["score_from"], bands["score_to"], strict=True)
            ],
            "Customers": bands["customers"],
            "Bought again": [_rate(row) for row in bands.to_dict("records")],
        }
    )


def _rate(row: Mapping[Any, Any]) -> str:
    if not row["customers"]:
        return fmt.NOTHING
    return f"{fmt.percent(row['rate'])} ({fmt.percent(row['low'])} to {fmt.percent(row['high'])})"


def _ablation_table(ablation: pd.DataFrame) -> pd.DataFrame:
    """Changes are written out: as plain fractions a table would round them to nothing."""
    names = {
        "weight": "Log-odds per spread", "brier_without": "Brier without it", "auc_without": "AUC without it",
        "brier_shuffled": "Brier shuffled", "auc_shuffled": "AUC shuffled",
    }  # fmt: skip
    columns = {title: [_signed(value) for value in ablation[name]] for name, title in names.items()}
    return pd.DataFrame({"Term": [TERMS[term] for term in ablation["term"]]} | columns)


def _signed(value: float) -> str:
    return written.signed(value, 4) if fmt.known(value) else fmt.NOTHING
