"""Shops whose level is known: MBG/NBD customers, all of them busier or quieter by a planted factor in each window."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from dashapp.domain.purchase_days import PurchaseDays

FROM = date(2022, 1, 1)
WINDOW = 91


def straying(seed: int, levels: list[float], customers: int = 1500) -> tuple[PurchaseDays, date]:
    """The shop and its last day. levels: logarithm of the pace in each window of WINDOW days, the first one first.

    The customers' own clock runs at the pace of the shop: what takes them ten days takes five in a shop twice as busy.
    """
    rng = np.random.default_rng(seed)
    paces = np.exp(levels)
    clock = np.append(0.0, np.cumsum(paces * WINDOW))
    now = rng.uniform(0.0, clock[-2], customers)
    rate, leave = rng.gamma(0.9, 1.0 / 25.0, customers), rng.beta(0.7, 2.5, customers)
    scale = rng.gamma(3.7, 1.0 / 15.4, customers)
    bought, living = [], np.arange(customers)
    while len(living):
        bought.append((living, now[living], rng.gamma(6.0, 1.0 / scale[living])))
        living = living[rng.random(len(living)) > leave[living]]
        now[living] += rng.exponential(1.0 / rate[living])
        living = living[now[living] < clock[-1]]
    customer, moment, amount = (np.concatenate(column) for column in zip(*bought, strict=True))
    day = np.floor(np.interp(moment, clock, WINDOW * np.arange(len(clock)))).astype(int)
    frame = pd.DataFrame({
        "customer_key": customer, "order_date": pd.Timestamp(FROM) + pd.to_timedelta(day, unit="D"), "amount": amount,
    })  # fmt: skip
    return PurchaseDays.from_frame(frame), FROM + timedelta(days=WINDOW * len(levels) - 1)
