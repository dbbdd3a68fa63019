"""Features: equal to a plain reading of each customer's own rows, and blind to everything after the cut-off."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.features import FEATURES, features
from dashapp.domain.purchase_days import PurchaseDays

CUT_OFF = date(1997, 9, 30)


def plain(rows: pd.DataFrame, horizon_days: int) -> dict[str, float]:
    """The features of one customer, from rows up to the cut-off, by the words of their definitions."""
    cut = pd.Timestamp(CUT_OFF)
    bought = rows[rows["amount"] > 0].groupby("order_date")["amount"].sum()
    gaps = np.diff(bought.index.to_numpy()).astype("timedelta64[D]").astype(float)
    mean = gaps.mean() if len(gaps) else float((cut - bought.index[0]).days)
    since = float((cut - bought.index[-1]).days)
    found = {
        "frequency": len(gaps), "days_since_last_order": since, "T_days": (cut - bought.index[0]).days,
        "monetary_value": bought.iloc[1:].mean() if len(gaps) else 0.0, "first_value": bought.iloc[0],
        "mean_gap_days": mean, "gap_variation": gaps.std() / mean if len(gaps) > 1 else 1.0,
        "lateness": since / max(mean, 1.0), "returns_share": 0.0,
    }  # fmt: skip
    for days in (30, 90, 180, 365):
        recent = bought[bought.index > cut - pd.Timedelta(days=days)]
        found |= {f"purchases_{days}": len(recent), f"value_{days}": recent.sum()}
    start = cut - pd.Timedelta(days=365)
    season = bought[(bought.index > start) & (bought.index <= start + pd.Timedelta(days=horizon_days))]
    return found | {"season_purchases": len(season), "season_value": season.sum()}


def test_features_are_what_their_definitions_say(transactions: pd.DataFrame):
    paid = transactions[transactions["amount"] > 0]
    found = features(PurchaseDays.from_frame(paid), CUT_OFF, 200).set_index("customer_key")
    assert list(found.columns) == list(FEATURES)
    assert np.isfinite(found.to_numpy()).all()
    past = paid[paid["order_date"] <= pd.Timestamp(CUT_OFF)]
    for key, rows in list(past.groupby("customer_key"))[::40]:
        assert found.loc[key].to_dict() == pytest.approx(plain(rows.sort_values("order_date"), 200), abs=1e-9), key


def test_rows_after_the_cut_off_change_no_feature(transactions: pd.DataFrame):
    future = transactions["order_date"] > pd.Timestamp(CUT_OFF)
    moved = transactions.assign(
        order_date=transactions["order_date"] + pd.to_timedelta(np.where(future, 37, 0), unit="D"),
        amount=np.where(future, -5.0, transactions["amount"]),
    )
    before, after = (features(PurchaseDays.from_frame(rows), CUT_OFF, 200) for rows in (transactions, moved))
    pd.testing.assert_frame_equal(before, after)


def test_a_return_lowers_the_money_and_shows_in_the_share():
    rows = pd.DataFrame({
        "customer_key": [1, 1, 1],
        "order_date": pd.to_datetime(["1997-09-01", "1997-09-10", "1997-09-20"]),
        "amount": [100.0, -25.0, 40.0],
        "is_purchase": [True, False, True],
    })  # fmt: skip
    row = features(PurchaseDays.from_frame(rows), CUT_OFF, 30).iloc[0]
    assert (row["first_value"], row["value_30"], row["purchases_30"]) == (75.0, 115.0, 2.0)
    assert row["returns_share"] == pytest.approx(25.0 / 140.0)
    assert (row["frequency"], row["mean_gap_days"], row["days_since_last_order"]) == (1.0, 19.0, 10.0)
