"""Cohorts with what they cost and when they have paid it back, from the answer of cohort_payback.sql."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashapp.charts.kit.formats import known
from dashapp.domain.payback import Mean, Payback, expected, mean_of, of_cohort


@dataclass(frozen=True, slots=True)
class PaidCohort:
    """One cohort; money per customer of it, those who never came back included."""

    name: str
    "Of its channel where cohorts are split by it."
    start: date
    label: str
    customers: int
    spend: float | None
    cost: float | None
    "Per customer; None where not known, never 0."
    brought: tuple[float, ...]
    "Cumulative margin by month 0, 1, ...; the last month may be unfinished. Empty where margin is not known."
    ahead: tuple[tuple[int, float, float | None, float | None], ...]
    "Month, expected, low, high in the months after the data; monthly cohorts only."
    payback: Payback | None
    is_first: bool
    "Holds the month the data begin in, and with it everyone who bought before."

    @property
    def is_unpaid(self) -> bool:
        return self.payback is not None and self.payback.month is None and not self.is_first


def label_of(start: date, by: str) -> str:
    """
    >>> label_of(date(2024, 4, 1), "month"), label_of(date(2024, 4, 1), "quarter")
    ('Apr 2024', 'Q2 2024')
    """
    return f"Q{(start.month + 2) // 3} {start.year}" if by == "quarter" else f"{start:%b %Y}"


def starts_of(months: pd.Series[Any], by: str) -> pd.Series[Any]:
    """The first day of the month or quarter of each cohort."""
    return pd.to_datetime(months).dt.to_period("Q" if by == "quarter" else "M").dt.start_time


def paid_cohorts(frame: pd.DataFrame, by: str = "month", with_ahead: bool = True) -> list[PaidCohort]:
    """Every cohort, the oldest first. frame: the answer of store/queries/cohort_payback.sql."""
    if frame.empty:
        return []
    rows = frame.assign(start=starts_of(frame["cohort_month"], by))
    made = _quarter if by == "quarter" else _month
    return [
        made(str(part["name"].iloc[0]), part["start"].iloc[0].date(), part, with_ahead)
        for _, part in rows.groupby(["name", "start"], sort=True)
    ]


def together(frame: pd.DataFrame) -> tuple[dict[int, Mean], Payback | None]:
    """Margin per customer by month of all cohorts that old, and the month they had paid back.

    Complete months only, each with the customers and the spend of the same cohorts; without the first cohort.
    """
    seen = frame[frame["is_complete"].astype(bool) & ~frame["is_first"].astype(bool)]
    columns = ["customers", "margin", "margin_squares"]
    margins = _means(seen.groupby("month_number")[columns].sum(min_count=1))
    paid = seen[seen["spend"].notna()]
    sums = paid.groupby("month_number")[[*columns, "spend"]].sum(min_count=1)
    costs = {_whole(month): float(row["spend"] / row["customers"]) for month, row in sums.iterrows()}
    return margins, expected(_means(sums), costs)


def cost_of(cohorts: Iterable[PaidCohort]) -> float | None:
    """What a customer of these cohorts cost, those whose spend is known; without the first cohort."""
    paid = [cohort for cohort in cohorts if cohort.spend is not None and not cohort.is_first]
    customers = sum(cohort.customers for cohort in paid)
    return sum(cohort.spend or 0.0 for cohort in paid) / customers if customers else None


def _whole(label: Any) -> int:
    return int(label)


def _means(sums: pd.DataFrame) -> dict[int, Mean]:
    found = {
        _whole(month): mean_of(float(row["margin"]), float(row["margin_squares"]), int(row["customers"]))
        for month, row in sums.iterrows()
        if known(row["margin"])
    }
    return {month: mean for month, mean in found.items() if mean is not None}


def _month(name: str, start: date, part: pd.DataFrame, with_ahead: bool) -> PaidCohort:
    seen = part[~part["is_predicted"].astype(bool)]
    customers = int(seen["customers"].iloc[0])
    spend = _number(seen["spend"].iloc[0])
    cost = spend / customers if spend is not None else None
    brought = tuple(float(value) / customers for value in seen["margin"]) if seen["margin"].notna().all() else ()
    later = part[part["is_predicted"].astype(bool)] if with_ahead else part[:0]
    ahead = tuple(
        (int(row["month_number"]), row["margin"] / customers, _each(row["margin_low"], customers),
         _each(row["margin_high"], customers))
        for row in later.to_dict("records")
    )  # fmt: skip
    return PaidCohort(
        name, start, label_of(start, "month"), customers, spend, cost, brought, ahead,
        of_cohort(brought, cost, ahead), bool(seen["is_first"].iloc[0]),
    )  # fmt: skip


def _quarter(name: str, start: date, part: pd.DataFrame, with_ahead: bool) -> PaidCohort:
    """Three monthly cohorts: each month compares those that old; nothing is predicted for quarters."""
    seen = part[~part["is_predicted"].astype(bool)]
    sizes = seen.drop_duplicates("cohort_month")
    customers, spend = int(sizes["customers"].sum()), _number(sizes["spend"].sum(skipna=False))
    complete = seen[seen["is_complete"].astype(bool)]
    sums = complete.groupby("month_number")[["customers", "margin", "margin_squares", "spend"]].sum(min_count=1)
    means = _means(sums)
    exact = {month: Mean(mean.value, None, None) for month, mean in means.items()}
    costs = {_whole(month): _each(_number(row["spend"]), int(row["customers"])) for month, row in sums.iterrows()}
    return PaidCohort(
        name, start, label_of(start, "quarter"), customers, spend, _each(spend, customers),
        tuple(mean.value for mean in means.values()), (), expected(exact, costs) if spend is not None else None,
        bool(sizes["is_first"].any()),
    )  # fmt: skip


def _number(value: Any) -> float | None:
    return float(value) if known(value) else None


def _each(total: float | None, customers: int) -> float | None:
    return float(total) / customers if known(total) and total is not None else None
