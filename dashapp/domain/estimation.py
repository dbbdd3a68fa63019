"""From an optimum to a Fitted, and what is done where the data alone have none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from dashapp.domain.model import Fitted, Status
from dashapp.domain.numerics import LOG_BOUND, Optimum, covariance, minimise, standard_errors

FloatArray = NDArray[np.float64]
FitType = TypeVar("FitType", bound=Fitted)
MESSAGES = {
    Status.CONVERGED: "",
    Status.REGULARISED: "The data alone leave a parameter undetermined; a weak prior keeps it plausible.",
    Status.NOT_CONVERGED: "The search ended before it reached an optimum.",
}


class Likelihood(Protocol):
    n: float
    "Customers."
    constant: float
    "What the search need not know of the log-likelihood of all customers."

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]: ...


def settle(
    first: Optimum, likelihood: Likelihood, with_prior: Callable[[], Likelihood], starts: Sequence[FloatArray]
) -> tuple[Optimum, Status]:
    """`first` where it is an optimum the data determine, else that of the likelihood with a weak prior.

    The prior is not used otherwise: on CDNOW it would move b of BG/NBD by 0.02, published to three digits.
    """
    if first.converged and not first.at_bound.any() and not _is_open(first, likelihood.n):
        return first, Status.CONVERGED
    optimum = minimise(with_prior(), [*starts, first.theta])
    return optimum, Status.REGULARISED if optimum.converged else Status.NOT_CONVERGED


def _is_open(optimum: Optimum, customers: float) -> bool:
    """Whether the data leave a parameter open: on a plateau the slope vanishes too.

    There the surface is not curved, or so little that the standard error of a log-parameter exceeds half the range it
    was searched in.
    """
    errors = standard_errors(optimum, customers)
    return bool(np.isnan(errors[~optimum.at_bound]).any() or np.nanmax(errors, initial=0.0) > LOG_BOUND)


def describe(
    kind: type[FitType],
    model: str,
    names: tuple[str, ...],
    likelihood: Likelihood,
    optimum: Optimum,
    status: Status,
    *,
    scale: FloatArray,
    offset: FloatArray,
    facts: Mapping[str, float],
) -> FitType:
    """Parameters are offset + scale * exp(theta); their standard errors follow by the delta method.

    `likelihood` is the one without prior: what it says at the optimum is what is reported.
    """
    slopes = scale * np.exp(optimum.theta)
    errors = slopes * standard_errors(optimum, likelihood.n)
    value = optimum.value if status is Status.CONVERGED else likelihood(optimum.theta)[0]
    return kind(
        model=model,
        parameters=dict(zip(names, map(float, offset + slopes), strict=True)),
        standard_errors=dict(zip(names, map(float, errors), strict=True)),
        log_likelihood=likelihood.constant - likelihood.n * value,
        n_customers=likelihood.n,
        status=status,
        message=MESSAGES[status],
        at_bound=bool(optimum.at_bound.any()),
        gradient_norm=optimum.gradient_norm,
        covariance=_by_name(names, covariance(optimum, likelihood.n)),
        facts=facts,
    )


def _by_name(names: tuple[str, ...], matrix: FloatArray | None) -> tuple[tuple[float, ...], ...]:
    """Rows and columns in the order of the names: JSON forgets any other."""
    if matrix is None:
        return ()
    order = np.argsort(names)
    return tuple(tuple(map(float, row)) for row in matrix[np.ix_(order, order)])
