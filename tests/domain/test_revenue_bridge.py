"""What made the difference between two periods adds up, and is what the definition says."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.domain.cents import in_cents
from dashapp.domain.revenue_bridge import Totals, drivers, factors, shapley

COUNTS = st.integers(0, 10**7)
MONEY = st.integers(-(10**12), 10**12)


@st.composite
def periods(draw: st.DrawFn) -> Totals:
    """Any period: without customers there are no orders and no money of theirs."""
    customers = draw(COUNTS)
    orders = draw(st.integers(customers, customers + 10**7)) if customers else 0
    sales, value = (draw(MONEY), draw(MONEY)) if customers else (0, 0)
    return Totals(customers, orders, sales, value, draw(MONEY))


@given(periods(), periods(), st.booleans())
def test_effects_add_up_to_the_change_to_the_cent_also_from_and_to_nothing(
    before: Totals, now: Totals, with_margin: bool
) -> None:
    found = drivers(before, now, with_margin)
    assert sum(effect.cents for effect in found) == now.all - before.all


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=4))
def test_shares_of_a_product_add_up_exactly_and_do_not_depend_on_the_direction(pairs: list[tuple[int, int]]) -> None:
    before, now = ([Fraction(pair[side]) for pair in pairs] for side in (0, 1))
    effects = shapley(before, now)
    whole = [1, 1]
    for old, new in pairs:
        whole = [whole[0] * old, whole[1] * new]
    assert sum(effects) == whole[1] - whole[0]
    assert [-effect for effect in shapley(now, before)] == effects


@given(st.tuples(*[st.integers(-99, 99)] * 6))
def test_three_factors_are_shared_by_suns_formula(numbers: tuple[int, ...]) -> None:
    x0, y0, z0, x1, y1, z1 = (Fraction(number) for number in numbers)
    expected = (x1 - x0) * (y0 * z0 / 3 + (y0 * z1 + y1 * z0) / 6 + y1 * z1 / 3)
    assert shapley([x0, y0, z0], [x1, y1, z1])[0] == expected


def test_a_factor_that_did_not_change_has_no_effect() -> None:
    before, now = Totals(100, 200, 1_000_000, 400_000), Totals(110, 220, 1_100_000, 440_000)
    effects = {effect.factor: effect.cents for effect in drivers(before, now, True)}
    assert effects == {"customers": 40_000, "orders_each": 0, "sales_per_order": 0, "margin_share": 0, "other": 0}


def test_from_nobody_to_somebody_is_all_customers() -> None:
    effects = {effect.factor: effect.cents for effect in drivers(Totals(0, 0, 0, 0), Totals(5, 9, 900, 900), False)}
    assert effects == {"customers": 900, "orders_each": 0, "value_per_order": 0, "other": 0}


def test_margin_on_sales_of_nothing_makes_the_two_steps_one() -> None:
    old, new = factors([10, 20, 0, -50], [10, 20, 100, 40])
    assert old == [10, 2, 1, Fraction(-5, 2)]
    assert new == [10, 2, 1, 2]


def test_parts_of_another_total_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 3"):
        in_cents([1.0, 2.0], 5)
