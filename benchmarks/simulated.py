"""Customers with known parameters, as many as asked, from a fixed seed: what tests recover and benchmarks time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Truth:
    """Parameters per day; the defaults are CDNOW's."""

    r: float = 0.5248
    alpha: float = 43.28
    a: float = 0.8914
    b: float = 1.6140
    shift: int = 1
    "1: customers may leave right after the first purchase (MBG/NBD); 0: only after a repeat purchase (BG/NBD)."
    p: float = 6.25
    q: float = 3.744
    v: float = 15.44
    k: int = 1
    "Steps of the purchase clock from one purchase to the next: gaps are Erlang-k."


@dataclass(frozen=True)
class ParetoTruth:
    """Pareto/NBD parameters per day; the defaults are CDNOW's. s = 0: nobody leaves (NBD)."""

    r: float = 0.5533
    alpha: float = 74.04
    s: float = 0.6062
    beta: float = 81.68
    p: float = 6.25
    q: float = 3.744
    v: float = 15.44


CDNOW_BG = Truth(r=0.2426, alpha=30.895, a=0.7929, b=2.4259, shift=0)


def customers(
    n: int, truth: Truth | ParetoTruth = CDNOW_BG, longest_days: int = 730, seed: int = 20260101
) -> pd.DataFrame:
    """customer_key, frequency, recency_days, T_days, monetary_value of `n` customers, T uniform on 1..longest_days."""
    rng = np.random.default_rng(seed)
    age = rng.integers(1, longest_days + 1, n)
    rate = rng.gamma(truth.r, 1.0 / truth.alpha, n)
    if isinstance(truth, ParetoTruth):
        life = rng.exponential(1.0, n) / np.maximum(rng.gamma(truth.s, 1.0 / truth.beta, n), 1e-300)
        frequency, recency = purchase_days(rng, rate, np.zeros(n), np.minimum(life, age), 0)
    else:
        frequency, recency = purchase_days(rng, rate, rng.beta(truth.a, truth.b, n), age, truth.shift, truth.k)
    spread = rng.gamma(truth.q, 1.0 / truth.v, n)
    shape = np.maximum(truth.p * frequency, 1e-9)
    money = np.where(frequency > 0, rng.gamma(shape) / spread / np.maximum(frequency, 1), 0.0)
    return pd.DataFrame({
        "customer_key": np.arange(n), "frequency": frequency, "recency_days": recency, "T_days": age,
        "monetary_value": money,
    })  # fmt: skip


def purchase_days(
    rng: np.random.Generator, rate: np.ndarray, leave: np.ndarray, age: np.ndarray, shift: int, k: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Repeat purchase days up to `age` and the last of them; purchases on one day are one."""
    frequency, recency = np.zeros(len(age), dtype=np.int64), np.zeros(len(age), dtype=np.int64)
    here = np.arange(len(age)) if not shift else np.flatnonzero(rng.random(len(age)) >= leave)
    clock = np.zeros(len(age))
    while len(here):
        gaps = rng.exponential(1.0, len(here)) if k == 1 else rng.gamma(k, 1.0, len(here))
        clock[here] += gaps / np.maximum(rate[here], 1e-300)
        here = here[clock[here] < age[here]]
        day = np.ceil(clock[here]).astype(np.int64)
        frequency[here] += day > recency[here]
        recency[here] = day
        here = here[rng.random(len(here)) >= leave[here]]
    return frequency, recency
