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
    "Per customer; None where not known, never 0, and of the first cohort, whose customers are not all new."
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
    """Every cohort, group by group, the oldest first. frame: the answer of store/queries/cohort_payback.sql.

    Of a quarter a month counts once it is complete for its three monthly cohorts; nothing is predicted for quarters.
    """
    if frame.empty:
        return []
    groups: dict[tuple[str, date], list[dict[Any, Any]]] = {}
    starts = [start.date() for start in starts_of(frame["cohort_month"], by)]
    for start, row in zip(starts, frame.to_dict("records"), strict=True):
        groups.setdefault((row["name"], start), []).append(row)
    has_ahead = with_ahead and by == "month"
    return [
        _cohort(name, start, label_of(start, by), rows, has_ahead) for (name, start), rows in sorted(groups.items())
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


def _cohort(name: str, start: date, label: str, rows: list[dict[Any, Any]], has_ahead: bool) -> PaidCohort:
    seen = [row for row in rows if not row["is_predicted"]]
    first = [row for row in seen if row["month_number"] == 0]
    customers = sum(int(row["customers"]) for row in first)
    spends = [_number(row["spend"]) for row in first]
    spend = sum(value for value in spends if value is not None) if None not in spends else None
    is_first = any(row["is_first"] for row in first)
    cost = None if is_first else _each(spend, customers)
    brought = _brought(seen, len(first), customers)
    later = [row for row in rows if row["is_predicted"]] if has_ahead else []
    ahead = tuple(
        (int(row["month_number"]), float(row["margin"]) / customers, _each(_number(row["margin_low"]), customers),
         _each(_number(row["margin_high"]), customers))
        for row in later
    )  # fmt: skip
    return PaidCohort(
        name, start, label, customers, spend, cost, brought, ahead, of_cohort(brought, cost, ahead), is_first
    )


def _brought(seen: list[dict[Any, Any]], cohorts: int, customers: int) -> tuple[float, ...]:
    """Cumulative margin per customer by month; of several cohorts the months complete for all of them."""
    months: dict[int, list[float]] = {}
    for row in seen:
        if known(row["margin"]) and (cohorts == 1 or row["is_complete"]):
            months.setdefault(int(row["month_number"]), []).append(float(row["margin"]))
    return tuple(sum(margins) / customers for _, margins in sorted(months.items()) if len(margins) == cohorts)


def _number(value: Any) -> float | None:
    return float(value) if known(value) else None


def _each(total: float | None, customers: int) -> float | None:
    return total / customers if total is not None else None
