"""Pareto/NBD in which channel and country of the first purchase speed up, or slow down, buying and leaving.

What a level does is told as ratios to the base level: "buying channel=ads" is how many times the purchase rate,
"leaving channel=ads" how many times the rate of leaving (Fader & Hardie 2007; see `pareto_origins`). A ridge holds the
logarithms of the ratios, and nothing else; standard errors include it, the log-likelihood does not. Without such
columns, or with one level, it is Pareto/NBD.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dashapp.domain import covariates
from dashapp.domain.estimation import describe, settle
from dashapp.domain.models import pareto_nbd
from dashapp.domain.models.pareto_nbd import ParetoNbdFit
from dashapp.domain.numerics import minimise
from dashapp.domain.pareto_histories import Likelihood
from dashapp.domain.pareto_origins import OriginLikelihood
from dashapp.domain.patterns import Cells, Column, Patterns

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class ParetoNbdOriginFit(ParetoNbdFit):
    """A fitted Pareto/NBD with covariates; alpha and beta are those of the base kind."""

    coding: covariates.Coding = ()
    "See `covariates`; a label that is not in it counts as the base level."

    def patterns(self, rfm: pd.DataFrame) -> Patterns:
        return _with_kind(rfm, self.coding, None)

    def of_kind(self, kind: int) -> ParetoNbdFit:
        """The Pareto/NBD that customers of this kind follow."""
        buying, leaving = self._ratios
        alpha, beta = self.parameters["alpha"] / buying[kind], self.parameters["beta"] / leaving[kind]
        parameters = {"r": self.parameters["r"], "alpha": alpha, "s": self.parameters["s"], "beta": beta}
        return ParetoNbdFit(
            model=self.model, parameters=parameters, standard_errors={}, log_likelihood=np.nan, n_customers=np.nan,
            status=self.status,
        )  # fmt: skip

    @property
    def _ratios(self) -> tuple[FloatArray, FloatArray]:
        """Times the base's rate of buying, and of leaving, of every kind."""
        z, names = covariates.dummies(self.coding), covariates.names(self.coding)
        buying, leaving = (
            np.exp(z @ np.log([self.parameters[f"{rate} {name}"] for name in names])) for rate in ("buying", "leaving")
        )
        return buying, leaving

    def p_alive(self, patterns: Patterns) -> FloatArray:
        kind = np.zeros(len(patterns), dtype=np.intp) if patterns.kind is None else patterns.kind.index
        alive = np.empty(len(patterns))
        for code in np.unique(kind):
            rows = np.flatnonzero(kind == code)
            alive[rows] = self.of_kind(int(code)).p_alive(replace(patterns.take(rows), kind=None))
        return alive

    def _posterior(self, cells: Cells) -> tuple[FloatArray, FloatArray, float, FloatArray]:
        r, alpha, s, beta = self.estimates
        buying, leaving = self._ratios
        kind = _kind(cells)
        return r + cells.frequency, alpha / buying[kind] + cells.T, s, beta / leaving[kind] + cells.T

    def at_least_if_alive(self, cells: Cells, periods: float, counts: ArrayLike) -> FloatArray:
        """Kind by kind: the quadrature of `departures` takes rows that share alpha and beta."""
        kind = _kind(cells)
        found = np.empty((len(cells), len(np.asarray(counts))))
        for code in np.unique(kind):
            rows = np.flatnonzero(kind == code)
            found[rows] = self.of_kind(int(code)).at_least_if_alive(cells.part(rows), periods, counts)
        return found

    def time_scale(self, cells: Cells) -> FloatArray:
        return self.parameters["beta"] / self._ratios[1][_kind(cells)] + cells.T


def _kind(cells: Cells) -> IndexArray:
    return np.zeros(len(cells), dtype=np.intp) if cells.kind is None else cells.kind


def _with_kind(rfm: pd.DataFrame, coding: covariates.Coding, weights: ArrayLike | None) -> Patterns:
    patterns = Patterns.from_frame(rfm, weights)
    if not coding:
        return patterns
    return replace(
        patterns, kind=Column(np.arange(len(covariates.dummies(coding)), dtype=float), covariates.kinds(coding, rfm))
    )


class ParetoNbdOrigin:
    name = "pareto_nbd_origin"
    target = "purchases by origin"
    title = "Pareto/NBD with channel and country"
    covariates = ("channel", "country")
    "Columns of the summary it uses where they are there, besides those every model needs."

    def fit(self, rfm: pd.DataFrame, weights: ArrayLike | None = None) -> ParetoNbdOriginFit:
        plain = pareto_nbd.MODEL.fit(rfm, weights)
        coding = covariates.learn(rfm, self.covariates, weights)
        if not coding:
            return ParetoNbdOriginFit(**{**vars(plain), "model": self.name})
        merged = _with_kind(rfm, coding, weights).merged()
        z, scale = covariates.dummies(coding), Likelihood(merged).scale
        likelihood = OriginLikelihood(merged, z, scale)
        units = np.concatenate([[1.0, scale, 1.0, scale], np.ones(2 * z.shape[1])])
        start = np.concatenate([np.log(np.array(plain.estimates) / units[:4]), np.zeros(2 * z.shape[1])])
        optimum, status = settle(
            minimise(likelihood, [start]), likelihood, lambda: OriginLikelihood(merged, z, scale, prior_weight=1.0),
            [start, np.zeros(len(start))],
        )  # fmt: skip
        names = covariates.names(coding)
        found = describe(
            ParetoNbdOriginFit, self.name,
            (*pareto_nbd.NAMES, *(f"buying {name}" for name in names), *(f"leaving {name}" for name in names)),
            likelihood, optimum, status, scale=units, offset=np.zeros(len(units)), facts=plain.facts,
        )  # fmt: skip
        without_ridge = OriginLikelihood(merged, z, scale, ridge=False)
        return replace(found, coding=coding, log_likelihood=-likelihood.n * without_ridge(optimum.theta)[0])

    def restore(self, text: str) -> ParetoNbdOriginFit:
        return ParetoNbdOriginFit.from_json(text)


MODEL = ParetoNbdOrigin()
