"""Any handful of customers of any shop, cut at any day: fitted and scored, or refused in a sentence."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from dashapp.domain import shelf
from dashapp.domain.model import Status
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.scoring import Assumptions, Scores, fit, score
from dashapp.errors import NotConverged, NotEnoughData
from tests.domain.conftest import purchases

SUBSETS = int(os.environ.get("TENURE_SUBSETS", "200"))
"Of each shop; `TENURE_SUBSETS=1000` looks harder."
USUAL = ("mbg_nbd", "bg_nbd")
EVERY = 20
"Each so many subsets another model has its turn and customers are scored too; all of it on each takes six minutes."
SMALLEST, LARGEST = 30, 1000
SQL = {
    "online_retail": """
        select CustomerID as customer_key, cast(InvoiceDate as date) as order_date, sum(Quantity * UnitPrice) as amount,
            bool_or(Quantity > 0 and UnitPrice > 0) as is_purchase
        from '{folder}/online_retail/online_retail.parquet' where CustomerID is not null group by all""",
    "online_retail_II": """
        select CustomerID as customer_key, cast(InvoiceDate as date) as order_date, sum(Quantity * Price) as amount,
            bool_or(Quantity > 0 and Price > 0) as is_purchase
        from '{folder}/online_retail_II/online_retail_two_years.parquet' where CustomerID is not null group by all""",
    "adventureworks": """
        select CustomerKey as customer_key, strptime(OrderDate, '%d-%m-%Y') as order_date,
            cast(sum(OrderQuantity * ProductPrice) as double) as amount
        from read_csv('{folder}/adventureworks/AdventureWorks_Sales_*.csv', all_varchar = false,
            types = {{'OrderDate': 'VARCHAR'}})
        join read_csv('{folder}/adventureworks/AdventureWorks_Products.csv') using (ProductKey) group by all""",
}

Shop = Callable[[str], PurchaseDays]


@pytest.fixture(scope="module")
def shop(shared_data: Path) -> Shop:
    """All purchases of a shop by name."""

    def read(name: str) -> PurchaseDays:
        if name == "cdnow":
            return PurchaseDays.from_frame(purchases("CDNOW_master.txt", "customer_key", header_lines=1))
        return PurchaseDays.from_frame(duckdb.sql(SQL[name].format(folder=shared_data)).df())

    return read


def subset(days: PurchaseDays, random: np.random.Generator) -> pd.DataFrame:
    """A summary of 30 to 1,000 customers at a day of the second to last tenth of the data."""
    first, last = int(days.day.min()), int(days.day.max())
    cut_off = date(1970, 1, 1) + timedelta(days=int(random.integers(first + (last - first) // 10, last + 1)))
    rfm = days.summary(cut_off)
    size = min(len(rfm), int(np.exp(random.uniform(np.log(SMALLEST), np.log(LARGEST)))))
    return rfm.iloc[np.sort(random.choice(len(rfm), size, replace=False))].reset_index(drop=True)


def model_of(number: int) -> str:
    others = [name for name in shelf.purchase_models() if name not in USUAL]
    return USUAL[number % 2] if number % EVERY else others[number // EVERY % len(others)]


def outcome(rfm: pd.DataFrame, model: str, horizon_days: int | None) -> str:
    """The status of both fits, or the kind of refusal; with a horizon every figure is looked at."""
    try:
        fits = fit(rfm, model)
    except (NotEnoughData, NotConverged) as refusal:
        return type(refusal).__name__
    for fitted in (fits.purchases, fits.spend):
        assert fitted.status is not Status.NOT_CONVERGED
        assert all(value > 0.0 and np.isfinite(value) for value in fitted.parameters.values())
        errors = fitted.standard_errors.values()
        assert fitted.at_bound or all(np.isfinite(error) for error in errors) or fitted.message
    if horizon_days:
        check_scores(score(rfm, Assumptions(model, horizon_days), fitted=fits))
    return f"{fits.purchases.status}/{fits.spend.status}"


def check_scores(found: Scores) -> None:
    frame = found.frame if found.purchases.tells_who_left else found.frame.drop(columns="p_alive")
    numbers = frame.to_numpy(dtype=float)
    assert np.isfinite(numbers).all()
    assert (numbers[:, 1:] >= 0.0).all()
    assert (frame["p_active"] <= 1.0).all()
    assert (frame["clv_low"] <= frame["clv_high"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cdnow", *SQL])
def test_random_subsets_leave_no_failure_uncaught(name: str, shop: Shop):
    days, random = shop(name), np.random.default_rng(len(name))
    told = Counter(
        outcome(subset(days, random), model_of(number), None if number % EVERY else int(random.integers(30, 731)))
        for number in range(SUBSETS)
    )
    assert told.total() == SUBSETS
    assert told["NotConverged"] == 0
