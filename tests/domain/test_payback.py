"""When spend has come back: which customers are compared with which cost, and what is said while it has not."""

from __future__ import annotations

from dashapp.domain.payback import Mean, Payback, expected, mean_of, of_cohort


def exact(**margins: float) -> dict[int, Mean]:
    return {int(month[1:]): Mean(value, value, value) for month, value in margins.items()}


def test_each_month_is_compared_with_what_the_same_customers_cost() -> None:
    """Old customers cost 10 and had brought 12 by month 2, new ones cost 40: month 2 is of the old alone."""
    found = expected(exact(m0=8.0, m1=9.0, m2=12.0), {0: 30.0, 1: 30.0, 2: 10.0})
    assert found
    assert found.month == 2


def test_bounds_are_the_months_in_which_the_bounds_of_the_mean_cross() -> None:
    margins = {0: Mean(5.0, 3.0, 7.0), 1: Mean(9.0, 7.0, 11.0), 2: Mean(11.0, 9.0, 13.0), 3: Mean(13.0, 11.0, 15.0)}
    assert expected(margins, dict.fromkeys(range(4), 10.0)) == Payback(2, 1, 3, 3)


def test_nothing_spent_is_no_payback_and_an_unknown_cost_is_none() -> None:
    assert expected(exact(m0=5.0), {0: None}) is None
    assert expected(exact(m0=5.0), {0: 0.0}) is None
    assert of_cohort([5.0], None) is of_cohort([], 5.0) is None


def test_of_one_cohort_the_past_is_a_fact_and_the_future_an_interval() -> None:
    ahead = [(2, 9.0, 8.0, 10.5), (3, 11.0, 9.0, 12.0), (4, 12.0, 10.0, 14.0)]
    assert of_cohort([4.0, 8.0], 8.0, ahead) == Payback(1, until=1)
    assert of_cohort([4.0, 8.0], 10.0, ahead) == Payback(None, 2, 4, 4, is_predicted=True)
    later = of_cohort([4.0, 8.0], 13.0, ahead)
    assert later
    assert later.words() == "not yet, 80\u00a0%: month 4 or later, beyond what is predicted (month 4)"


def test_one_customer_has_a_mean_and_no_bounds() -> None:
    assert mean_of(7.0, 49.0, 1) == Mean(7.0, None, None)
    assert mean_of(0.0, 0.0, 0) is None
