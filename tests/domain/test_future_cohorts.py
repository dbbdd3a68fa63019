"""The scenario of customers to come: every day of the horizon once, each season as it was, discounted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from dashapp.domain.future_cohorts import Terms, Won, is_observed, paid_share, past_months, scenario
from dashapp.domain.purchase_days import PurchaseDays

UNTIL = date(2025, 2, 19)
EVEN = {month: Won(365 if month != 2 else 280, 100.0) for month in range(1, 13)}
SEASONAL = EVEN | {12: Won(3650, 100.0)}


@pytest.mark.parametrize("horizon", [1, 9, 10, 365, 800])
def test_every_day_of_the_horizon_is_in_one_cohort(horizon: int) -> None:
    found = scenario(EVEN, UNTIL, Terms(horizon, 0.0, 1.0))
    days = [
        cohort.first_day + timedelta(days=n)
        for cohort in found
        for n in range((cohort.last_day - cohort.first_day).days + 1)
    ]
    assert days == [UNTIL + timedelta(days=n + 1) for n in range(horizon)]


def test_a_month_brings_as_many_as_it_did_by_the_day_and_what_they_are_worth() -> None:
    found = scenario(SEASONAL, UNTIL, Terms(365, 0.0, 0.4))
    rest_of_february = found[0]
    assert (rest_of_february.first_day, rest_of_february.last_day) == (date(2025, 2, 20), date(2025, 2, 28))
    assert rest_of_february.customers == pytest.approx(9 * 280 / 28)
    december = next(cohort for cohort in found if cohort.first_day.month == 12)
    assert (december.customers, december.value_per_customer) == (3650.0, pytest.approx(40.0))
    assert float(december.amount) == pytest.approx(146_000.0)


def test_money_is_discounted_from_the_middle_of_the_month_and_by_when_it_is_paid() -> None:
    march = scenario(EVEN, date(2025, 2, 28), Terms(31, 0.10, 1.0, paid_share=0.97))[0]
    assert march.discount == pytest.approx(0.97 * 1.10 ** (-16 / 365.25))
    assert float(march.amount) == pytest.approx(365 * 100.0 * march.discount, abs=0.005)


def test_a_year_of_complete_months_ends_before_the_month_under_way() -> None:
    assert past_months(date(2025, 1, 30)) == (date(2024, 1, 1), date(2024, 12, 31))
    assert past_months(date(2025, 1, 31)) == (date(2024, 2, 1), date(2025, 1, 31))


def test_who_is_new_is_known_90_days_after_the_data_begin() -> None:
    assert is_observed(date(2024, 4, 1), date(2024, 1, 2))
    assert not is_observed(date(2024, 4, 1), date(2024, 1, 3))


def test_what_is_paid_later_is_worth_less_and_only_whole_windows_of_new_customers_count() -> None:
    since, until = date(2023, 1, 1), date(2025, 2, 19)
    first = {"old": since + timedelta(days=89), "new": since + timedelta(days=90), "late": until - timedelta(days=364)}
    rows = [
        (who, day + timedelta(days=age), money) for who, day in first.items() for age, money in ((0, 30.0), (200, 10.0))
    ]
    rows += [("new", first["new"] + timedelta(days=365), 999.0)]
    frame = pd.DataFrame(rows, columns=["customer_key", "order_date", "amount"])
    days = PurchaseDays.from_frame(frame.assign(order_date=pd.to_datetime(frame["order_date"])))
    assert paid_share(days, since, until, 365, 0.10) == pytest.approx((30.0 + 10.0 * 1.10 ** (-200 / 365.25)) / 40.0)
    assert paid_share(days, since, until, 600, 0.10) < paid_share(days, since, until, 365, 0.10)
    assert paid_share(days, until, until, 365, 0.10) == 1.0, "nobody was seen for that long"
