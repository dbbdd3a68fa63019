"""The value of the base from one refresh to the next: each step is what its name says, and they close to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulated import Truth
from dashapp.domain.equity_bridge import Base, Step, bridge, worth
from dashapp.domain.scoring import Assumptions, Fits, fit, score

OLD = Assumptions(horizon_days=365, annual_discount_rate=0.10, gross_margin=0.8)
NEW = Assumptions(horizon_days=180, annual_discount_rate=0.05, gross_margin=0.5)


def histories(seed: int, days: int, customers: int = 300) -> pd.DataFrame:
    """Customers of one seed are the same persons however long they are watched."""
    truth, rows = Truth(r=0.8, alpha=30.0), []
    for number in range(customers):
        rng = np.random.default_rng([seed, number])
        rate, leave = rng.gamma(truth.r, 1.0 / truth.alpha), rng.beta(truth.a, truth.b)
        price, bought, when = round(float(rng.gamma(6.0, 5.0)), 2), [0], 0.0
        while rng.random() > leave and (when := when + 1.0 + rng.exponential(1.0 / rate)) < days:
            bought.append(int(when))
        rows.append((f"c{number}", len(bought) - 1, bought[-1], days, price if len(bought) > 1 else 0.0))
    columns = ["customer_id", "frequency", "recency_days", "T_days", "monetary_value"]
    return pd.DataFrame(rows, columns=columns).assign(customer_key=range(customers))


def valued(rfm: pd.DataFrame, assumed: Assumptions, fits: Fits | None = None) -> Base:
    fits = fits or fit(rfm, assumed.model)
    return Base(rfm.assign(clv=score(rfm, assumed, fitted=fits).frame["clv"].to_numpy()), fits, assumed)


def amounts(steps: list[Step]) -> dict[str, Decimal]:
    return {step.part: step.amount for step in steps}


@pytest.fixture(scope="module")
def then() -> Base:
    return valued(histories(1, 400), OLD)


@pytest.fixture(scope="module")
def later() -> pd.DataFrame:
    return histories(1, 460, 330).iloc[20:].reset_index(drop=True)


def closes(steps: list[Step], before: Base, now: Base) -> bool:
    found = amounts(steps)
    inside = sum(step.amount for step in steps[1:-1])
    ends = [Decimal(str(round(float(base.customers["clv"].sum()), 2))) for base in (before, now)]
    return found["opening"] + inside == found["closing"] and [found["opening"], found["closing"]] == ends


@pytest.mark.parametrize("days", [0, 60, 365, 800])
@pytest.mark.parametrize("assumed", [OLD, NEW, replace(OLD, gross_margin=1.0)], ids=["same", "all", "margin"])
def test_the_steps_close_to_the_cent(then: Base, later: pd.DataFrame, days: int, assumed: Assumptions) -> None:
    now = valued(later, assumed)
    assert closes(bridge(then, now, days), then, now)


def test_who_is_new_and_who_is_gone_brings_and_takes_all_of_the_value(then: Base, later: pd.DataFrame) -> None:
    now = valued(later, OLD)
    steps = {step.part: step for step in bridge(then, now, 60)}
    assert (steps["lost"].customers, steps["new"].customers, steps["revised"].customers) == (20, 30, 280)
    assert float(steps["lost"].amount) == pytest.approx(-then.customers["clv"].iloc[:20].sum(), abs=0.02)
    assert float(steps["new"].amount) == pytest.approx(now.customers["clv"].iloc[-30:].sum(), abs=0.02)


@pytest.mark.slow
def test_served_and_moved_on_are_what_the_earlier_fit_predicts_day_by_day(then: Base, later: pd.DataFrame) -> None:
    """Against the value of every five days of its future, discounted one by one to the day it is seen from."""
    kept, passed, horizon = then.customers.iloc[20:], 60, OLD.horizon_days
    ends = np.arange(0, passed + horizon + 1, 5)
    whole = [replace(OLD, horizon_days=int(day), annual_discount_rate=0.0) for day in ends[1:]]
    totals = [0.0, *(float(score(kept, each, fitted=then.fits).frame["clv"].sum()) for each in whole)]
    pieces, when = np.diff(totals), ends[1:] - 2.5
    seen = {day: float((pieces * 1.1 ** (-(when - day) / 365.25))[(when > day) & (when < day + horizon)].sum())
            for day in (0, passed)}  # fmt: skip
    served = seen[0] - float((pieces * 1.1 ** (-when / 365.25))[(when > passed) & (when < horizon)].sum())
    found = amounts(bridge(then, valued(later, OLD), passed))
    assert float(found["served"]) == pytest.approx(-served, rel=1e-4)
    assert float(found["moved_on"]) == pytest.approx(seen[passed] - (seen[0] - served), rel=1e-3)


def test_on_the_same_data_nothing_but_the_assumptions_moves(then: Base) -> None:
    now = valued(then.customers.drop(columns="clv"), NEW, then.fits)
    found = amounts(bridge(then, now, 0))
    assert [abs(found[name]) <= Decimal("0.01") for name in ("lost", "served", "moved_on", "revised", "new")] == [
        True
    ] * 5
    at_horizon = valued(then.customers, replace(OLD, horizon_days=180), then.fits).customers["clv"].sum()
    assert float(found["horizon"]) == pytest.approx(at_horizon - then.customers["clv"].sum(), abs=0.02)
    assert float(found["margin"]) == pytest.approx(now.customers["clv"].sum() * (1 - 0.8 / 0.5), abs=0.02)
    assert found["discount"] > 0


def test_unchanged_assumptions_have_no_step(then: Base, later: pd.DataFrame) -> None:
    assert not {"horizon", "discount", "margin"} & set(amounts(bridge(then, valued(later, OLD), 60)))


def test_the_worth_over_the_horizon_is_the_published_value(then: Base) -> None:
    assert worth(then.fits, then.customers, OLD, 365) == pytest.approx(then.customers["clv"].sum(), rel=1e-12)


def test_an_earlier_base_from_the_future_is_refused(then: Base) -> None:
    with pytest.raises(ValueError, match="after the later one"):
        bridge(then, then, -1)
