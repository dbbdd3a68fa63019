"""What the lab answers with: the curves of a snapshot, and the customers under the filters among them."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.validity import Validity
from dashapp.domain.what_if import Curves, Population, Scenario
from dashapp.errors import NotEnoughData, SnapshotOutdated
from dashapp.store.facts import Facts
from dashapp.store.metrics import NOT_VALID
from dashapp.store.snapshot import Snapshot

_curves: weakref.WeakKeyDictionary[Snapshot, Curves] = weakref.WeakKeyDictionary()
"A snapshot never changes, so its curves are read once per process: 10 MB for a million customers."

_asked: weakref.WeakKeyDictionary[Snapshot, dict[Filters, Lab]] = weakref.WeakKeyDictionary()
_writing = threading.Lock()
REMEMBERED = 64
"Populations of a snapshot, a few KB each, so that moving a slider asks the store nothing."


@dataclass(frozen=True)
class Lab:
    """The customers a reader chose, ready to be asked."""

    curves: Curves
    population: Population
    first_order: float | None
    "Mean net sales of a first purchase day under the filters; segments do not apply, nobody begins as a Champion."
    first_orders: int


def base_of(facts: Facts) -> Scenario:
    """The published assumptions."""
    return Scenario(facts.gross_margin, facts.annual_discount_rate, facts.horizon_days)


def ask(snapshot: Snapshot, filters: Filters) -> Lab:
    """Raises NotEnoughData where no money may be shown or nobody is left, with why and what to do."""
    curves = curves_of(snapshot)
    asked = Filters(**{name: getattr(filters, name) for name in CHOICES})
    known = _asked.setdefault(snapshot, {})
    found = known.get(asked)
    if found is None:
        found = _population(snapshot, curves, asked)
        with _writing:
            while len(known) >= REMEMBERED:
                del known[next(iter(known))]
            known[asked] = found
    return found


def _population(snapshot: Snapshot, curves: Curves, filters: Filters) -> Lab:
    rows = snapshot.frame("value_population", filters)
    if rows.empty:
        raise NotEnoughData("There is no customer in this selection.", "Remove a filter.")
    found = curves.population(rows["curve"], rows["customers"], rows["clv"], rows["square"])
    first = snapshot.row("first_orders", filters)
    mean = None if first["mean"] is None else float(first["mean"])
    return Lab(curves, found, mean, int(first["customers"]))


def curves_of(snapshot: Snapshot) -> Curves:
    """The curves of a snapshot. Raises NotEnoughData where it has none."""
    if snapshot.facts.validity == Validity.NOT_VALID:
        raise NotEnoughData(NOT_VALID, snapshot.facts.validity_reason)
    if snapshot not in _curves:
        _curves[snapshot] = _read(snapshot)
    return _curves[snapshot]


def _read(snapshot: Snapshot) -> Curves:
    try:
        rows, model = snapshot.frame("value_curves"), snapshot.row("value_model")
    except SnapshotOutdated as error:
        text = "Not available in this snapshot: an earlier version prepared it."
        raise NotEnoughData(text, "It is there after a refresh.") from error
    if rows.empty or not model:
        text = "The fitted models do not say how sure they are, so no scenario can carry a band."
        raise NotEnoughData(text, "Choose another purchase model in the settings and refresh.")
    terms = int(model["time_terms"])
    return Curves(
        coefficients=_stacked(rows["shape"]).reshape(len(rows), terms, -1),
        slopes=_stacked(rows["slopes"]),
        spread=rows["spread"].to_numpy(dtype=float),
        leaves_by_purchase=bool(model["leaves_by_purchase"]),
        customers_leave=bool(model["customers_leave"]),
        newcomer=np.asarray(model["newcomer"], dtype=float).reshape(terms, -1),
        newcomer_order_value=float(model["newcomer_order_value"]),
        base=base_of(snapshot.facts),
    )


def _stacked(lists: Iterable[list[float]]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(list(lists), dtype=float)
