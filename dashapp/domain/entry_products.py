"""What customers became worth, by the product or category they started with.

Values are compared at equal age: what a customer brought in the first 90, 180 or 365 days, over customers observed for
at least as long. A difference says that such customers are worth more, not that the product made them so.

The second purchase is also compared by Cox's hazard ratio against everybody else who started in the same quarter and
bought about as many products that day. Without the quarter season would pass for product; without the size of the
basket nearly every product would look good: most lines are bought in large first baskets, and those who bought much
come back more. On Online Retail II, 145 of 1,880 products stand out by quarter alone, and one of them remains.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from dashapp.domain.group_hazards import compare_groups
from dashapp.domain.significance import adjusted

FloatArray = NDArray[np.float64]
HAZARD_COLUMNS = ("hazard_ratio", "hazard_low", "hazard_high", "hazard_p_value", "hazard_q_value")
COLUMNS = (
    "entry_key", "window_days", "customers", "mature_customers", "repeat_rate", "net_value", "net_value_low",
    "net_value_high", "shrunk_value", "shrunk_low", "shrunk_high", "overall_value", "overall_customers", "p_value",
    "q_value", "median_days_to_second", *HAZARD_COLUMNS,
)  # fmt: skip


@dataclass(frozen=True)
class EntryRules:
    """What is compared, and from how many customers on."""

    windows_days: tuple[int, ...] = (90, 180, 365)
    "Ages at which values are compared."
    least_customers: int = 20
    "Fewer customers of that age make no row."
    z: float = 1.645
    "Normal quantile of the 90 % intervals."


def values_at_age(days: pd.DataFrame, customers: pd.DataFrame, rules: EntryRules) -> FloatArray:
    """(customers, windows): net value of the days of age 0 to window - 1; NaN where observed for less.

    days: customer_key, age_days, net_value; customers: customer_key, T_days, in any order.
    """
    row = pd.Series(np.arange(len(customers)), index=customers["customer_key"].to_numpy())
    where = row.reindex(days["customer_key"]).to_numpy(dtype=float)
    known = np.isfinite(where) & (days["age_days"].to_numpy() >= 0)
    where, days = where[known].astype(int), days[known]
    age, value = days["age_days"].to_numpy(), days["net_value"].to_numpy(dtype=float)
    columns = []
    for window in rules.windows_days:
        total = np.bincount(where, np.where(age < window, value, 0.0), minlength=len(customers))
        columns.append(np.where(customers["T_days"].to_numpy() >= window, total, np.nan))
    return np.column_stack(columns)


def compare(
    entries: pd.DataFrame, customers: pd.DataFrame, days: pd.DataFrame, rules: EntryRules | None = None
) -> pd.DataFrame:
    """One row per entry_key and window with enough customers of that age; columns COLUMNS.

    entries: customer_key, entry_key: what each bought on the first purchase day, several rows where several things;
    customers: customer_key, T_days [first purchase to the last observed day], second_days [first to second purchase
    day, NaN without], first_quarter [any number that tells quarters apart]; days: customer_key, age_days, net_value.
    """
    rules = rules or EntryRules()
    if entries.empty or customers.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    row = pd.Series(np.arange(len(customers)), index=customers["customer_key"].to_numpy())
    entries = entries[entries["customer_key"].isin(row.index)]
    bought = np.bincount(row.reindex(entries["customer_key"]).to_numpy(dtype=np.int64), minlength=len(customers))
    entries = entries.drop_duplicates(["customer_key", "entry_key"])
    who = row.reindex(entries["customer_key"]).to_numpy(dtype=np.int64)
    group, keys = pd.factorize(entries["entry_key"], sort=True)
    values = values_at_age(days, customers, rules)
    second, age = (customers[name].to_numpy(dtype=float) for name in ("second_days", "T_days"))
    median = median_wait(group, second[who], age[who], len(keys))
    size = np.bincount(group, minlength=len(keys))
    sooner = _hazards(customers, bought, who, group, size, rules)
    frames = []
    for column, window in enumerate(rules.windows_days):
        frame = _window(group, values[who, column], second[who] < window, values[:, column], len(keys), rules)
        frame = frame.assign(entry_key=keys, window_days=window, customers=size, median_days_to_second=median)
        frames.append(frame.assign(**sooner))
    found = pd.concat([frame[frame["mature_customers"] >= rules.least_customers] for frame in frames])
    found["q_value"] = found.groupby("window_days")["p_value"].transform(lambda p: adjusted(p.to_numpy()))
    return found.sort_values(["window_days", "entry_key"], ignore_index=True)[list(COLUMNS)]


def _hazards(
    customers: pd.DataFrame, bought: NDArray[np.intp], who: NDArray[np.int64], group: NDArray[np.intp],
    size: NDArray[np.intp], rules: EntryRules,
) -> dict[str, FloatArray]:  # fmt: skip
    """Of each group against the others of its quarter and size of basket: 1, 2 to 3, 4 to 7, 8 to 15 products ..."""
    second, age = (customers[name].to_numpy(dtype=float) for name in ("second_days", "T_days"))
    again = np.isfinite(second)
    alike = pd.MultiIndex.from_arrays([customers["first_quarter"], np.frexp(bought)[1]])
    stratum = pd.factorize(alike)[0].astype(np.intp)
    usable = size >= rules.least_customers
    number, rows = np.cumsum(usable) - 1, usable[group]
    found = compare_groups(
        np.where(again, second, age), again, stratum, who[rows], number[group[rows]], int(usable.sum()), rules.z
    )
    columns = dict(zip(HAZARD_COLUMNS, (*astuple(found), adjusted(found.p_value)), strict=True))
    return {name: np.append(column, np.nan)[np.where(usable, number, -1)] for name, column in columns.items()}


def _window(
    group: NDArray[np.intp], value: FloatArray, again: NDArray[np.bool_], everybody: FloatArray, groups: int,
    rules: EntryRules,
) -> pd.DataFrame:  # fmt: skip
    """Means per group with their intervals, and the same drawn towards the mean of all customers of that age.

    To draw and to test, a group's scatter counts as at least that of all groups pooled: twenty skewed values easily
    miss the large ones.
    """
    mature = np.isfinite(value)
    group, value, again = group[mature], value[mature], again[mature]
    n = np.bincount(group, minlength=groups)
    safe = np.maximum(n, 1)
    mean = np.bincount(group, value, minlength=groups) / safe
    squares = np.bincount(group, (value - mean[group]) ** 2, minlength=groups)
    usable = n >= rules.least_customers
    overall = float(np.nanmean(everybody)) if np.isfinite(everybody).any() else np.nan
    variance = np.where(n > 1, squares / np.maximum(n - 1, 1), np.nan) / safe
    freedom = np.maximum(n - 1, 0).sum()
    pooled = (squares.sum() / freedom if freedom else np.nan) / safe
    careful = np.fmax(variance, pooled)
    shrunk, error = shrink(mean, careful, overall, between_variance(mean, pooled, overall, usable))
    spread = rules.z * np.sqrt(variance)
    return pd.DataFrame({
        "mature_customers": n, "repeat_rate": np.bincount(group, again, minlength=groups) / safe, "net_value": mean,
        "net_value_low": mean - spread, "net_value_high": mean + spread, "shrunk_value": shrunk,
        "shrunk_low": shrunk - rules.z * error, "shrunk_high": shrunk + rules.z * error, "overall_value": overall,
        "overall_customers": int(np.isfinite(everybody).sum()),
        "p_value": np.where(usable, _two_sided(mean - overall, careful), np.nan),
    })  # fmt: skip


def between_variance(mean: FloatArray, variance: FloatArray, overall: float, usable: NDArray[np.bool_]) -> float:
    """Variance of the groups' true means, by moments: what means scatter beyond their own variance, never below zero.

    variance: of each mean with one scatter for all groups; with each group's own, skewed values would weigh down the
    groups that by chance miss the large ones.
    """
    usable = usable & np.isfinite(variance)
    if not usable.any():
        return np.nan
    weight = 1.0 / np.maximum(variance[usable], 1e-12)
    return max(float(np.sum(weight * ((mean[usable] - overall) ** 2 - variance[usable])) / np.sum(weight)), 0.0)


def shrink(mean: FloatArray, variance: FloatArray, overall: float, between: float) -> tuple[FloatArray, FloatArray]:
    """Normal-normal empirical Bayes (Efron & Morris 1975): values and their standard errors.

    w mean + (1 - w) overall with w = between / (between + variance).

    >>> value, error = shrink(np.array([10.0]), np.array([4.0]), 12.0, 4.0)
    >>> float(value[0]), round(float(error[0]), 6)
    (11.0, 1.414214)
    """
    share = between / np.maximum(between + variance, 1e-300)
    return overall + share * (mean - overall), np.sqrt(between * (1.0 - share))


def _two_sided(difference: FloatArray, variance: FloatArray) -> FloatArray:
    """P of a difference as large under no difference, normal."""
    score = np.abs(difference) / np.sqrt(np.maximum(variance, 1e-300))
    return np.asarray(2.0 * ndtr(-score))


def median_wait(group: NDArray[np.intp], second: FloatArray, age: FloatArray, groups: int) -> FloatArray:
    """Kaplan & Meier's median of days to the second purchase per group; NaN where fewer than half ever come back.

    second: days to the second purchase, NaN where none was seen in the `age` days of observation.

    >>> second = np.array([3.0, np.nan, 5.0, 9.0])
    >>> median_wait(np.zeros(4, dtype=int), second, np.array([20.0, 4.0, 20.0, 20.0]), 1).tolist()
    [5.0]
    """
    event = np.isfinite(second)
    time = np.where(event, second, age)
    order = np.lexsort((~event, time, group))
    group, time, event = group[order], time[order], event[order]
    size = np.bincount(group, minlength=groups)
    start = np.cumsum(size) - size
    at_risk = size[group] - (np.arange(len(group)) - start[group])
    step = np.where(event, np.log1p(-1.0 / np.maximum(at_risk, 1 + 1e-12)), 0.0)
    total = np.cumsum(step)
    before = np.concatenate([[0.0], total])[start]
    half = np.flatnonzero(event & (total - before[group] <= np.log(0.5) + 1e-9))
    median = np.full(groups, np.nan)
    found, first = np.unique(group[half], return_index=True)
    median[found] = time[half][first]
    return median
