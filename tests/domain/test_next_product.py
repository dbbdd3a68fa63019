"""What follows a product is told only where it is bought more often than anyway, by enough, and not by chance."""

from __future__ import annotations

from math import comb

import pandas as pd
import pytest

from dashapp.domain.next_product import following


def answer(*rows: tuple[str, int, int, int], looked_at: int = 100) -> pd.DataFrame:
    """Product, customers, followed, usual_days of 1,000 days."""
    frame = pd.DataFrame(rows, columns=["product_id", "customers", "followed", "usual_days"])
    return frame.assign(after_id="A", after="Cup", product=frame["product_id"], days=1000, looked_at=looked_at)


def test_the_likeliest_of_those_that_stand_out_comes_first() -> None:
    found = following(answer(("often", 50, 20, 100), ("usual", 50, 25, 500), ("rare", 50, 8, 20)))
    assert list(found["product_id"]) == ["often", "rare"], "half of 50 where half of all days have it is no news"
    assert found["share"].tolist() == [0.4, 0.16]
    assert found["usual"].tolist() == [0.1, 0.02]


def test_the_q_value_counts_every_pair_that_was_looked_at() -> None:
    chance = sum(comb(20, k) * comb(80, 10 - k) for k in range(7, 11)) / comb(100, 10)
    frame = answer(("x", 10, 7, 20)).assign(days=100, customers=10)
    assert following(frame).empty, "ten customers are too few"
    wide = sum(comb(100, k) * comb(900, 20 - k) for k in range(8, 21)) / comb(1000, 20)
    assert following(answer(("x", 20, 8, 100), looked_at=10))["q_value"].iloc[0] == pytest.approx(10 * wide)
    assert chance < 0.001
    assert following(answer(("x", 20, 8, 100), looked_at=10_000)).empty


def test_a_product_is_suggested_once_and_nothing_follows_nothing() -> None:
    twice = pd.concat([answer(("x", 50, 20, 100)), answer(("x", 60, 30, 100)).assign(after="Pot")], ignore_index=True)
    assert following(twice)["after"].tolist() == ["Pot"]
    assert following(answer().iloc[:0]).empty
