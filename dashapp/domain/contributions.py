"""Why a customer is worth more or less than an average one: what each of the four statistics contributes.

The value function v(S) is the published CLV (scoring.py) of a history that has the customer's statistics in S and the
average customer's elsewhere. A contribution is the Shapley value of that game (Shapley, "A Value for n-Person Games",
1953): the mean, over all orders of putting the customer's statistics in place one after the other, of what putting this
one changes. The four add up to the customer's CLV less the average customer's, exactly; a statistic that changes
nothing has 0, two that change the same in every mixture have the same. Nothing is sampled: 2^4 mixtures are all.

A mixture nobody can have lived is drawn to the nearest history that can be: no more repeat purchase days than days, the
last one neither before there was time for them nor after the end. The spend of who never came back is not known, so in
a mixture it is what the model expects of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashapp.domain.periods import discount_per_period, to_periods
from dashapp.domain.scoring import Assumptions, Fits

FloatArray = NDArray[np.float64]
STATISTICS = ("frequency", "recency_days", "T_days", "monetary_value")
HISTORY = STATISTICS[:3]
"What the purchase model reads; the spend model reads frequency and monetary_value."
FREQUENCY, MONEY = 1, 8
"Bits of a mixture: bit n is set where STATISTICS[n] is the customer's."


@dataclass(frozen=True)
class Explained:
    """What the base's average customer is worth, and what each statistic of every customer adds to that."""

    reference: pd.DataFrame
    "One row: STATISTICS of the average customer."
    average: float
    "CLV of the average customer [money]."
    contributions: pd.DataFrame
    "Columns STATISTICS [money], one row per customer in the order asked."


def explain(fits: Fits, customers: pd.DataFrame, assumed: Assumptions) -> Explained:
    """Contributions of every customer; customers: STATISTICS and whatever else the purchase model reads."""
    reference = average(customers)
    histories, place = fits.purchases.patterns(customers).folded()
    some = np.empty(len(histories), dtype=np.intp)
    some[place] = np.arange(len(customers))
    values = _mixtures(fits, customers.iloc[some], reference, assumed)
    shares = shapley(values)[:, place]
    return Explained(reference, float(values[0, 0]), pd.DataFrame(shares.T, columns=list(STATISTICS)))


def average(customers: pd.DataFrame) -> pd.DataFrame:
    """Mean statistics as one row, in whole purchase days and days; the mean spend is of those who came back.

    >>> average(pd.DataFrame([[3, 40, 90, 20.0], [0, 0, 11, 0.0]], columns=STATISTICS)).iloc[0].tolist()
    [2.0, 20.0, 50.0, 20.0]
    """
    history = np.rint(customers[list(HISTORY)].mean()).astype(int)
    repeaters = customers.loc[customers["frequency"] > 0, "monetary_value"]
    row = possible(history.to_frame().T.reset_index(drop=True))
    return row.assign(monetary_value=float(repeaters.mean()) if len(repeaters) else 0.0)


def possible(histories: pd.DataFrame) -> pd.DataFrame:
    """The nearest histories that can have happened; those that did stay as they are."""
    count = histories["frequency"].to_numpy()
    age = np.maximum(histories["T_days"].to_numpy(), count)
    last = np.where(count > 0, np.clip(histories["recency_days"].to_numpy(), count, age), 0)
    return histories.assign(recency_days=last, T_days=age)


def shapley(values: FloatArray) -> FloatArray:
    """Shapley values of every column of `values`, shape (players, n).

    values: v of every coalition, shape (2^players, n); bit p of the row number says that player p is in it.
    """
    players = int(values.shape[0]).bit_length() - 1
    found = np.zeros((players, values.shape[1]))
    for coalition in range(values.shape[0]):
        size = coalition.bit_count()
        for player in range(players):
            if not coalition >> player & 1:
                weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                found[player] += weight * (values[coalition | 1 << player] - values[coalition])
    return found


def _mixtures(fits: Fits, customers: pd.DataFrame, reference: pd.DataFrame, assumed: Assumptions) -> FloatArray:
    """CLV of all 2^4 mixtures, shape (16, n); the last row is the customers' own."""
    counts = [_purchases(fits, _mixed(customers, reference, mixture), assumed) for mixture in range(1 << len(HISTORY))]
    prices = {
        which: _price(fits, customers, reference, which)
        for which in (0, FREQUENCY, MONEY, FREQUENCY | MONEY)
    }  # fmt: skip
    worth = [counts[mixture & (MONEY - 1)] * prices[mixture & (FREQUENCY | MONEY)] for mixture in range(2 * MONEY)]
    return np.stack(worth) * assumed.gross_margin


def _mixed(customers: pd.DataFrame, reference: pd.DataFrame, mixture: int) -> pd.DataFrame:
    others = {
        name: reference[name].iloc[0] for place, name in enumerate(HISTORY) if not mixture >> place & 1
    }  # fmt: skip
    return possible(customers.assign(**others))


def _purchases(fits: Fits, histories: pd.DataFrame, assumed: Assumptions) -> FloatArray:
    """Expected purchases within the horizon, each counted at what it is worth today."""
    unit = fits.purchases.time_unit
    periods = to_periods(assumed.horizon_days, unit)
    discount = discount_per_period(assumed.annual_discount_rate, unit)
    return fits.purchases.residual(fits.purchases.patterns(histories), periods, discount)


def _price(fits: Fits, customers: pd.DataFrame, reference: pd.DataFrame, which: int) -> FloatArray:
    """Expected spend per purchase day, of whose frequency and whose mean spend `which` says."""
    anybody = float(fits.spend.expected_order_value([0], [0.0])[0])
    sources = (customers if which & FREQUENCY else reference, customers if which & MONEY else reference)
    count = sources[0]["frequency"].to_numpy()
    money = np.where(sources[1]["frequency"] > 0, sources[1]["monetary_value"], anybody)
    count, money = (np.broadcast_to(each, len(customers)) for each in (count, money))
    return fits.spend.expected_order_value(count, money.astype(float))
