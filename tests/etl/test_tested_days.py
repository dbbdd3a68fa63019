"""The newest week against the weeks before it: what must be found and how often nothing may be cried."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from etl.tables import SQL

SERIES, DAYS = 200, 150
STATEMENT = (SQL / "desk" / "tested_days.sql").read_text(encoding="utf-8")
SHIFTS = (-0.25, -0.20, 0.20, 0.25)


def verdicts(frame: pd.DataFrame) -> dict[str, str]:
    """Series with a verdict, and the verdict of its worst day."""
    with duckdb.connect() as connection:
        connection.execute("create schema desk")
        connection.register("frame", frame)
        connection.execute("create table desk.daily_series as select * replace (cast(day as date) as day) from frame")
        found = f"select series, min(verdict) from ({STATEMENT}) where verdict is not null group by series"
        return dict(connection.execute(found).fetchall())


def simulated(
    seed: int, noise: float, shift: bool = False, last_days: int = 7, lines: tuple[float, float] = (400, 5000)
) -> pd.DataFrame:
    """Counts with a weekend 30 % above the week; `noise` is the scatter of the level, counting comes on top."""
    dice = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=DAYS)
    usual = np.exp(dice.uniform(*np.log(lines), SERIES))[:, None] * np.where(days.day_of_week >= 5, 1.3, 1.0)
    level = usual * np.exp(dice.normal(0, noise, (SERIES, DAYS)))
    if shift:
        level[:, -last_days:] *= 1 + dice.choice(SHIFTS, SERIES)[:, None]
    return frame(dice.poisson(level), days)


def frame(values: np.ndarray, days: pd.DatetimeIndex, is_share: bool = False) -> pd.DataFrame:
    names = np.repeat([f"s{number:03d}" for number in range(len(values))], len(days))
    flat = values.ravel().astype(float)
    observations = np.full(flat.shape, 1000.0) if is_share else flat
    return pd.DataFrame(
        {"series": names, "day": np.tile(days, len(values)), "value": flat, "observations": observations}
    ).assign(is_share=is_share)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 106))
def test_every_shift_of_a_fifth_or_a_quarter_in_the_newest_week_is_found(seed: int):
    assert len(verdicts(simulated(seed, noise=0.05, shift=True))) == SERIES


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 106))
def test_a_single_day_is_found_where_days_scatter_little(seed: int):
    found = verdicts(simulated(seed, noise=0.015, shift=True, last_days=1, lines=(20_000, 90_000)))
    assert len(found) == SERIES
    assert set(found.values()) == {"day"}


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.02, 0.05, 0.10])
def test_false_alarms_are_at_most_one_in_a_hundred_series_weeks(noise: float):
    weeks = [len(verdicts(simulated(seed, noise))) for seed in range(200, 210)]
    assert sum(weeks) <= 0.01 * SERIES * len(weeks)


def steady(weeks: int, newest: float = 100.0, weekend: float = 130.0) -> pd.DataFrame:
    """One series without any scatter but its weekdays; the last day is `newest`."""
    days = pd.date_range("2024-01-01", periods=7 * weeks + 3)  # ends on a Wednesday
    values = np.where(days.day_of_week >= 5, weekend, 100.0)
    values[-1] = newest
    return frame(100 * values[None, :], days)


def test_weekends_are_held_against_weekends():
    assert verdicts(steady(20, weekend=300)) == {}


def test_nothing_is_said_before_there_are_four_such_weekdays():
    # The Wednesdays before the tested week: three of them, then four.
    assert verdicts(steady(3, newest=10)) == {}
    assert verdicts(steady(4, newest=10)) == {"s000": "day"}


def test_a_small_change_is_ignored_however_steady_the_series_is():
    assert verdicts(steady(20, newest=89)) == {}
    assert verdicts(steady(20, newest=87)) == {"s000": "day"}


def test_the_tested_week_is_not_part_of_what_it_is_held_against():
    data = steady(20)
    data.loc[data.index[-7:], "value"] *= 5
    with duckdb.connect() as connection:
        connection.execute("create schema desk")
        connection.register("frame", data)
        connection.execute("create table desk.daily_series as select * replace (cast(day as date) as day) from frame")
        expected = connection.execute(f"select min(expected), max(expected), count(*) from ({STATEMENT})").fetchall()
    assert expected == [(10_000, 13_000, 7)]


def test_a_weekday_on_which_the_shop_is_closed_raises_nothing():
    assert verdicts(steady(20, weekend=0)) == {}


def test_a_share_moves_by_points_not_by_parts():
    days = pd.date_range("2024-01-01", periods=70)
    values = np.full((2, 70), 0.02)
    values[0, -1], values[1, -1] = 0.04, 0.12  # twice as much, and ten points more
    assert verdicts(frame(values, days, is_share=True)) == {"s001": "day"}
