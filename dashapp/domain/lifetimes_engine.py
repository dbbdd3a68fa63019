"""The lifetimes package as an engine behind our protocol: its optimiser and its closed forms, our interface.

It is slower and fails more often than our own (science.md section 3); it is here for those who must reproduce figures
made with it. Importing it takes seconds and changes pandas options and warning filters, so it is imported on first
use and the changes are undone.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import warnings
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.beta_geometric import NAMES, BetaGeometricFit, require_enough
from dashapp.domain.model import Status
from dashapp.domain.patterns import Patterns
from dashapp.errors import NotConverged

FloatArray = NDArray[np.float64]
ENGINE = "lifetimes"
NO_ERRORS = "The likelihood is not curved where lifetimes stopped: its parameters may be far from the best."


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Undo what lifetimes does to the process: warnings, printing, floating-point noise, a pandas option."""
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        chained = pd.get_option("mode.chained_assignment")
        try:
            yield
        finally:
            pd.set_option("mode.chained_assignment", chained)


def fitter(name: str) -> Any:
    """A new lifetimes fitter of class `name`; call it, and its methods, inside `contained()`."""
    return getattr(importlib.import_module("lifetimes"), name)()


class LifetimesFit(BetaGeometricFit):
    """Parameters by lifetimes; P(alive) and expected purchases by its formulas, by ours where those fail."""

    fitter_name: str

    def _fitter(self) -> Any:
        restored = fitter(self.fitter_name)
        restored.params_ = pd.Series(dict(self.parameters))
        return restored

    def p_alive(self, patterns: Patterns) -> FloatArray:
        with contained():
            theirs = self._fitter().conditional_probability_alive(*_arrays(patterns))
        return _repaired(np.asarray(theirs), lambda: super(LifetimesFit, self).p_alive(patterns))

    def expected_purchases(self, patterns: Patterns, periods: float) -> FloatArray:
        with contained():
            method = self._fitter().conditional_expected_number_of_purchases_up_to_time
            theirs = method(periods, *_arrays(patterns))
        return _repaired(np.asarray(theirs), lambda: super(LifetimesFit, self).expected_purchases(patterns, periods))


FitType = TypeVar("FitType", bound=LifetimesFit)


def estimate(kind: type[FitType], name: str, patterns: Patterns) -> FitType:
    """Fit in days on the distinct histories. Raises NotEnoughData, and NotConverged where lifetimes gives up."""
    merged = patterns.merged()
    require_enough(merged)
    with contained():
        fitted = _fit(kind.fitter_name, merged)
    customers, purchases = float(merged.weights.sum()), float(merged.frequency.array @ merged.weights)
    mean = float(fitted._negative_log_likelihood_)
    errors = {key: float(fitted.standard_errors_[key]) for key in NAMES}
    return kind(
        model=name,
        engine=ENGINE,
        parameters={key: float(fitted.params_[key]) for key in NAMES},
        standard_errors=errors,
        log_likelihood=-mean * customers + purchases * float(np.log(fitted._scale)),
        n_customers=customers,
        status=Status.CONVERGED,
        message="" if np.isfinite(list(errors.values())).all() else NO_ERRORS,
        facts={"purchases": purchases},
    )


def _fit(fitter_name: str, merged: Patterns) -> Any:
    """lifetimes raises its own ConvergenceError, but also whatever its numerics run into."""
    failures = (importlib.import_module("lifetimes.utils").ConvergenceError, ValueError, np.linalg.LinAlgError)
    try:
        return fitter(fitter_name).fit(*_arrays(merged), weights=merged.weights)
    except failures as error:
        raise NotConverged(
            "lifetimes found no optimum.", "Use the model of the same name without lifetimes."
        ) from error


def _arrays(patterns: Patterns) -> tuple[FloatArray, FloatArray, FloatArray]:
    return patterns.frequency.array, patterns.recency.array, patterns.T.array


def _repaired(theirs: FloatArray, ours: Any) -> FloatArray:
    """Their values; ours where theirs are not finite or negative."""
    good = np.isfinite(theirs) & (theirs >= 0.0)
    return theirs if good.all() else np.where(good, theirs, ours())
