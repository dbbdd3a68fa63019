"""Forecasts of cohorts: sums of their customers, thinned or not, and right about as often as they promise."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashapp.domain import scoring
from dashapp.domain.cohort_forecasts import forecast, month_ends, thinned

CUT = 516
SPAN = CUT + 181
DAYS = [0, 30, 61, 91, 122, 152, 181]


def shop(seed: int, customers: int = 4000) -> pd.DataFrame:
    """Days and amounts of MBG/NBD customers with gamma spend: customer, day, amount."""
    rng = np.random.default_rng(seed)
    now = rng.integers(0, CUT - 30, customers).astype(float)
    rate, leave = rng.gamma(0.6, 1.0 / 40.0, customers), rng.beta(0.7, 2.5, customers)
    scale = rng.gamma(3.7, 1.0 / 15.4, customers)
    bought, living = [], np.arange(customers)
    while len(living):
        bought.append((living, np.floor(now[living]), rng.gamma(6.0, 1.0 / scale[living])))
        living = living[rng.random(len(living)) > leave[living]]
        now[living] += rng.exponential(1.0 / rate[living])
        living = living[now[living] <= SPAN]
    columns = (np.concatenate(column) for column in zip(*bought, strict=True))
    days = pd.DataFrame(dict(zip(("customer", "day", "amount"), columns, strict=True)))
    return days.groupby(["customer", "day"], as_index=False)["amount"].sum()


def summary(days: pd.DataFrame) -> pd.DataFrame:
    """What is known at CUT."""
    groups = days[days["day"] <= CUT].groupby("customer")
    first, last, count = groups["day"].min(), groups["day"].max(), groups["day"].size()
    repeat = groups["amount"].sum() - groups["amount"].first()
    return pd.DataFrame({
        "customer_key": first.index, "frequency": count - 1, "recency_days": (last - first).astype(int),
        "T_days": (CUT - first).astype(int), "monetary_value": repeat / np.maximum(count - 1, 1),
        "cohort": (first // 30).astype(int),
    }).reset_index(drop=True)  # fmt: skip


def outcomes(days: pd.DataFrame, rfm: pd.DataFrame, told: pd.DataFrame) -> tuple[list[float], list[float]]:
    """The share that bought in each month told of, and what a customer brought until its end."""
    future = days[days["day"] > CUT].merge(rfm[["customer_key", "cohort"]], left_on="customer", right_on="customer_key")
    shares, values = [], []
    for row in told.itertuples():
        mine = future[future["cohort"] == row.cohort]
        until, since = CUT + DAYS[row.month], CUT + DAYS[row.month - 1]
        buyers = mine.loc[mine["day"].between(since, until, inclusive="right"), "customer"].nunique()
        shares.append(buyers / row.customers)
        values.append(mine.loc[mine["day"] <= until, "amount"].sum() / row.customers)
    return shares, values


@pytest.mark.slow
def test_four_of_five_cells_lie_inside_their_bounds():
    inside = []
    for seed in range(4):
        days = shop(seed)
        rfm = summary(days)
        told = forecast(scoring.fit(rfm, "mbg_nbd"), rfm, rfm["cohort"].to_numpy(), DAYS)
        shares, values = outcomes(days, rfm, told)
        inside.append((told["share_low"] <= shares) & (shares <= told["share_high"]))
        inside.append((told["value_low"] <= values) & (values <= told["value_high"]))
    assert 0.70 < np.mean(inside[::2]) < 0.90
    assert 0.70 < np.mean(inside[1::2]) < 0.90


def test_thinning_keeps_expectations_and_nearly_the_bounds(monkeypatch: pytest.MonkeyPatch):
    rfm = summary(shop(7, 2500))
    fits, cohort = scoring.fit(rfm, "mbg_nbd"), (rfm["cohort"] // 6).to_numpy()
    exact = forecast(fits, rfm, cohort, DAYS[:3])
    monkeypatch.setattr(thinned, "__defaults__", (100,))
    rough = forecast(fits, rfm, cohort, DAYS[:3])
    assert rough["share"].tolist() == exact["share"].tolist()
    assert rough["value"].tolist() == exact["value"].tolist()
    width = [(told["share_high"] - told["share_low"]).to_numpy() for told in (rough, exact)]
    assert width[0] == pytest.approx(width[1], rel=0.1)
    first = exact[(exact["cohort"] == 0) & (exact["month"] == 2)].iloc[0]
    mine = fits.purchases.patterns(rfm[cohort == 0])
    cells = fits.purchases.cells(mine)
    chance = fits.purchases.buys_between_if_alive(cells, 30, 61)[cells.inverse] * fits.purchases.p_alive(mine)
    assert first["share"] == pytest.approx(chance.mean())


def test_a_stratum_gives_one_customer_and_small_cohorts_all():
    counts = np.arange(1000)
    columns = {"frequency": counts, "recency_days": np.minimum(counts, 1), "T_days": 1, "monetary_value": 1.0}
    rfm = pd.DataFrame(columns)
    some = thinned(rfm, np.repeat([0, 1], [990, 10]), 100)
    assert len(some) == 110
    assert set(range(990, 1000)) <= set(some)
    assert np.diff(some[:100]).max() <= 10


def test_no_month_lies_beyond_the_horizon_and_money_can_be_left_out():
    assert len(month_ends(date(2024, 11, 19), 365)) == 7
    assert month_ends(date(2024, 11, 19), 10) == []
    rfm = summary(shop(8, 300))
    told = forecast(scoring.fit(rfm, "mbg_nbd"), rfm, np.zeros(len(rfm), dtype=np.intp), [0, 31], with_value=False)
    assert told["value"].isna().all()
    assert told["share"].between(0.0, 1.0, inclusive="neither").all()
