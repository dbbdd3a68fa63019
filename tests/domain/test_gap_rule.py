from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from dashapp.domain.gap_rule import lapsed, usual_gaps
from dashapp.domain.purchase_days import PurchaseDays

START = date(2024, 1, 1)


def shop(**gaps: list[int]) -> PurchaseDays:
    """Customers by name with the days between their purchases; everybody begins on START."""
    rows = [
        (name, pd.Timestamp(START + timedelta(days=sum(of[:done]))), 10.0)
        for name, of in gaps.items()
        for done in range(len(of) + 1)
    ]
    return PurchaseDays.from_frame(pd.DataFrame(rows, columns=["customer_key", "order_date", "amount"]))


def test_five_gaps_make_a_rhythm_of_ones_own_and_fewer_take_everybodys():
    days = shop(own=[3, 9, 1, 2, 4], few=[50, 70, 60, 80], slow=[200, 300], once=[])
    usual = dict(zip(days.keys, usual_gaps(days, date(2026, 1, 1), 0), strict=True))
    # 90 % of 11 gaps are 9.9: the tenth, 200; of the five own ones 4.5: the fifth, 9.
    assert usual == {"own": 9, "few": 200, "slow": 200, "once": 200}


def test_one_exceptional_gap_in_ten_is_not_usual():
    assert usual_gaps(shop(own=[5] * 9 + [300]), date(2026, 1, 1), 0).tolist() == [5]


def test_what_comes_after_the_day_is_not_known_on_it():
    days = shop(own=[10, 10, 10, 10, 10, 200])
    day = START + timedelta(days=100)
    assert usual_gaps(days, day, 0).tolist() == [10]
    assert lapsed(days, day, 0).tolist() == [True]
    assert usual_gaps(days, START + timedelta(days=250), 0).tolist() == [200]


def test_silent_for_exactly_the_usual_gap_is_not_lapsed():
    days = shop(own=[10] * 5)
    assert not lapsed(days, START + timedelta(days=60), 0).any()
    assert lapsed(days, START + timedelta(days=61), 0).all()


def test_where_nobody_ever_returned_nobody_is_late():
    days = shop(one=[], two=[])
    assert not lapsed(days, START + timedelta(days=90), 90).any()
