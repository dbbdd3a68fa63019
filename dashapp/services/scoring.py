"""What-if values: the published customers scored again with a reader's assumptions. Runs in a computation process only.

Parameters always come from all customers of the snapshot: fitted to a filtered group, above all to a segment, they
would describe the filter. The filters choose whom to add up.
"""

from __future__ import annotations

import json
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd

from dashapp.domain import scoring, shelf
from dashapp.domain.filters import Filters
from dashapp.domain.model import Fitted, PurchaseFit, SpendFit
from dashapp.domain.predictive import LEVEL
from dashapp.domain.scoring import Assumptions, Fits, Scores
from dashapp.domain.validity import Validity
from dashapp.domain.widening import Widening
from dashapp.errors import Gone, InputError, NotEnoughData, NotFound
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots

HISTOGRAM_BINS = 24
HISTOGRAM_SHARE = 0.97
"The last bin is open: it holds the customers above this quantile."


class Progress(Protocol):
    """Tells a waiting reader how far the work is."""

    def step(self, name: str, fraction: float, message: str = "") -> None: ...


def recompute(arguments: dict[str, Any], progress: Progress, settings: Settings) -> dict[str, Any]:
    """Value of the customers under `filters` with other assumptions, beside the published one.

    arguments: snapshot_id, filters (an address), model, horizon_days, annual_discount_rate, gross_margin.
    Raises InputError, NotEnoughData, NotConverged.
    """
    assumptions = _assumptions(arguments)
    snapshot = _snapshot(settings, arguments["snapshot_id"])
    filters = Filters.from_query(arguments["filters"])
    progress.step("read", 0.05, "Reading the customers")
    base = snapshot.base(filters)
    if base.empty:
        raise NotEnoughData("There is no customer in this selection.", "Remove a filter.")
    fits = _fits(snapshot, assumptions.model, progress)
    scores = scoring.score(
        base,
        assumptions,
        lambda done, text: progress.step("score", 0.4 + 0.55 * done, text),
        fits,
        _widening(snapshot),
    )
    values = scores.frame.merge(
        snapshot.frame("customer_values", filters), on="customer_key", suffixes=("", "_published")
    )
    progress.step("sum", 0.97, "Adding up")
    asked = {"filters": arguments["filters"]}
    return _facts(snapshot, assumptions) | asked | _totals(values) | _models(scores)


def customer_value(arguments: dict[str, Any], progress: Progress, settings: Settings) -> dict[str, Any]:
    """Prediction for one customer over another horizon, with the parameters of all customers.

    arguments: snapshot_id, customer_key, model, horizon_days, annual_discount_rate, gross_margin. Raises NotFound.
    """
    assumptions = _assumptions(arguments)
    snapshot = _snapshot(settings, arguments["snapshot_id"])
    base = snapshot.frame("rfm_of_customer", customer_key=int(arguments["customer_key"]))
    if base.empty:
        raise NotFound("There is no such customer in this snapshot.", "Open the customer from the list again.")
    fits = _fits(snapshot, assumptions.model, progress)
    scores = scoring.score(base, assumptions, fitted=fits, widening=_widening(snapshot))
    predicted = {name: float(scores.frame[name].iloc[0]) for name in scoring.SCORE_COLUMNS if name != "customer_key"}
    return _facts(snapshot, assumptions) | predicted | _models(scores)


def _assumptions(arguments: dict[str, Any]) -> Assumptions:
    return Assumptions(
        model=arguments["model"],
        horizon_days=arguments["horizon_days"],
        annual_discount_rate=arguments["annual_discount_rate"],
        gross_margin=arguments["gross_margin"],
    )


def looked_at(settings: Settings, snapshot_id: str) -> Snapshot:
    """The snapshot the reader looks at, current or not. Raises InputError where it is kept no more."""
    try:
        return Snapshots(settings).named(snapshot_id)
    except Gone as error:
        text = "Newer data was published meanwhile, and the data you see are no longer kept."
        raise InputError(text, "Start the computation again to use the newest.") from error


def _snapshot(settings: Settings, snapshot_id: str) -> Snapshot:
    """What the reader looks at. Raises InputError where it is kept no more, NotEnoughData where it has no value."""
    snapshot = looked_at(settings, snapshot_id)
    if snapshot.facts.validity == Validity.NOT_VALID:
        raise NotEnoughData("Predicted value is not valid on these data.", snapshot.facts.validity_reason)
    return snapshot


def _fits(snapshot: Snapshot, model: str, progress: Progress) -> Fits:
    """The published parameters if they are of this model, otherwise a fit to all customers."""
    stored = snapshot.frame("fitted_models")
    purchases = _stored(stored, "purchases", model)
    spend = _stored(stored, "spend", shelf.DEFAULT_SPEND)
    if purchases and spend:
        return Fits(cast("PurchaseFit", purchases), cast("SpendFit", spend))
    return scoring.fit(snapshot.base(), model, lambda done, text: progress.step("fit", 0.1 + 0.3 * done, text))


def _widening(snapshot: Snapshot) -> Widening | None:
    """How far this shop strayed in earlier windows, whatever the model: it is the shop that is busier or quieter."""
    found = snapshot.row("interval_widening", level=LEVEL)
    return Widening.from_json(found["widening"]) if found else None


def _stored(models: pd.DataFrame, target: str, model: str) -> Fitted | None:
    """models: target, model, fitted [JSON of a Fitted, null where the fit failed]."""
    rows = models[(models["target"] == target) & (models["model"] == model) & models["fitted"].notna()]
    return None if rows.empty else shelf.restore(rows["fitted"].iloc[0])


def _facts(snapshot: Snapshot, assumptions: Assumptions) -> dict[str, Any]:
    facts = snapshot.facts
    published = Assumptions(facts.model, facts.horizon_days, facts.annual_discount_rate, facts.gross_margin)
    return {
        "snapshot_id": facts.snapshot_id,
        "observed_until": facts.observed_until.isoformat(),
        "currency": facts.currency,
        "assumptions": assumptions.to_dict(),
        "published_assumptions": published.to_dict(),
    }


def _totals(values: pd.DataFrame) -> dict[str, Any]:
    """values: clv, clv_published [money], segment; one row per customer."""
    clv = values["clv"].to_numpy(dtype=float)
    published = float(values["clv_published"].sum())
    return {
        "customers": len(values),
        "total": float(clv.sum()),
        "mean": float(clv.mean()),
        "median": float(np.median(clv)),
        "published_total": published,
        "difference": float(clv.sum()) - published,
        "segments": _segments(values),
        "histogram": _histogram(clv),
    }


def _segments(values: pd.DataFrame) -> list[dict[str, Any]]:
    grouped = values.groupby("segment", observed=True, sort=True).agg(
        customers=("clv", "size"), clv=("clv", "sum"), mean=("clv", "mean"), published=("clv_published", "sum")
    )
    records = grouped.sort_values("clv", ascending=False).reset_index().to_dict("records")
    return [{str(name): value for name, value in record.items()} for record in records]


def _histogram(clv: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Counts between edges; whoever lies above the last edge is counted in the last bin."""
    top = max(float(np.quantile(clv, HISTOGRAM_SHARE)), 0.01)
    edges = np.linspace(0.0, top, HISTOGRAM_BINS + 1)
    counts, _ = np.histogram(np.clip(clv, 0.0, top), edges)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def _models(scores: Scores) -> dict[str, Any]:
    told = [json.loads(fitted.to_json()) for fitted in (scores.purchases, scores.spend)]
    names = ("model", "engine", "status", "message", "parameters", "standard_errors", "n_customers", "time_unit")
    return {"models": [{name: model[name] for name in names} for model in told], "notes": list(scores.notes)}
