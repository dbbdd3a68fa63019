"""Churn at a reader's horizon: from the published fit, with a look at how right it would have been H days ago.

Runs in a computation process only. The filters choose whom to count. The parameters and the look back are of all
customers: a segment of today already knows who came back.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import date
from typing import Any, cast

import pandas as pd

from dashapp.domain import churn, shelf
from dashapp.domain.churn import Question
from dashapp.domain.filters import Filters
from dashapp.domain.gap_rule import lapsed
from dashapp.domain.model import PurchaseFit
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.errors import NotConverged, NotEnoughData
from dashapp.services.scoring import Progress, looked_at
from dashapp.settings import Settings
from dashapp.store.facts import Facts
from dashapp.store.snapshot import Snapshot

GROUPS = ("segment", "channel")
PATIENCE_SECONDS = 300.0
"All purchase days of a large shop take longer to read than a page may."


def compute(arguments: dict[str, Any], progress: Progress, settings: Settings) -> dict[str, Any]:
    """Churn of the customers under `filters`, by segment and channel, the gap rule beside it, and the look back.

    arguments: snapshot_id, filters (an address), horizon_days, threshold. Raises InputError, NotEnoughData.
    """
    asked = Question(arguments["horizon_days"], arguments["threshold"])
    patient = settings.model_copy(update={"query_timeout_seconds": PATIENCE_SECONDS})
    snapshot = looked_at(patient, arguments["snapshot_id"])
    progress.step("read", 0.05, "Reading the customers")
    people = snapshot.frame("churn_base", Filters.from_query(arguments["filters"]))
    if people.empty:
        raise NotEnoughData("There is no customer in this selection.", "Remove a filter.")
    fitted = _published(snapshot)
    progress.step("score", 0.15, "Predicting who buys again")
    people["p_lost"] = churn.p_lost(fitted, people, asked.horizon_days)
    progress.step("days", 0.25, "Reading the days of their purchases")
    days = PurchaseDays.from_frame(snapshot.frame("purchase_days"))
    people["lapsed"] = _lapsed(days, people, snapshot.facts)
    rates = {name: _rows(churn.rates(people, asked.threshold, name)) for name in GROUPS}
    everybody = _rows(churn.rates(people, asked.threshold))[0]
    seen = _look_back(days, fitted, asked, snapshot.facts, progress)
    return _facts(snapshot.facts, fitted, asked) | {"filters": arguments["filters"]} | rates | everybody | seen


def _published(snapshot: Snapshot) -> PurchaseFit:
    """The purchase model that scored the customers."""
    models = snapshot.frame("fitted_models")
    stored = models[(models["target"] == "purchases") & models["fitted"].notna()]
    if stored.empty:
        raise NotEnoughData("No purchase model could be fitted to these data.", "Load a longer history.")
    return cast("PurchaseFit", shelf.restore(stored["fitted"].iloc[0]))


def _lapsed(days: PurchaseDays, people: pd.DataFrame, facts: Facts) -> pd.Series[bool]:
    """The gap rule, today, for each of `people`."""
    known = days.keys[days.known(facts.observed_until)]
    silent = lapsed(days, facts.observed_until, (facts.observed_until - facts.observed_from).days)
    return people["customer_key"].isin(known[silent])


def _facts(facts: Facts, fitted: PurchaseFit, asked: Question) -> dict[str, Any]:
    return asdict(asked) | {
        "snapshot_id": facts.snapshot_id,
        "observed_from": facts.observed_from.isoformat(),
        "observed_until": facts.observed_until.isoformat(),
        "currency": facts.currency,
        "model": fitted.model,
        "status": str(fitted.status),
    }


def _look_back(
    days: PurchaseDays, fitted: PurchaseFit, asked: Question, facts: Facts, progress: Progress
) -> dict[str, Any]:
    """`check`, or `unchecked`: why there is none, with what to do."""
    since, until = facts.observed_from, facts.observed_until
    try:
        day = churn.cut_off(since, until, asked.horizon_days)
        progress.step("check", 0.4, f"Looking {asked.horizon_days} days ahead from {day}")
        found = churn.check(days, day, since, fitted.model, asked)
    except (NotEnoughData, NotConverged) as error:
        return {"check": None, "unchecked": [error.message, error.hint]}
    told = asdict(found) | {"bins": _rows(found.bins.rename(columns={"class": "band"}))}
    return {"check": _plain(told), "unchecked": None}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    """As JSON can hold it: days as text, no number as None."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
