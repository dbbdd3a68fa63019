"""Dates: proved by one value anywhere in the file, or asked with the two days an example can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.etl.loading import accepted
from tests.etl.profile.filing import after, keys, loaded, profiled, question, text

SHOP = {"name": "x", "currency": "EUR"}


def file(*days: str) -> str:
    return text([(f"o{n}", day, "c", "p", "1", "2.5") for n, day in enumerate(days)])


def test_a_day_that_can_be_two_is_asked_and_the_answer_is_read(tmp_path: Path):
    found = profiled(tmp_path, file("01/01/2024", "01/02/2024", "03/04/2024 10:15"), shop=SHOP)
    asked = question(found, "date_format")
    assert [(option.value, option.example) for option in asked.options] == [
        ("%d/%m/%Y", "01/02/2024 is 1 February 2024"),
        ("%m/%d/%Y", "01/02/2024 is 2 January 2024"),
    ]
    assert "date_format" not in found.mapping["entities"]["order_lines"]
    found = after(tmp_path, found, date_format="%m/%d/%Y")
    assert keys(found) == []
    assert accepted(loaded(tmp_path, found.mapping), "ordered_at::VARCHAR")[1] == ("2024-01-02 00:00:00",)


def test_one_thirteenth_far_down_decides_though_the_sample_misses_it(tmp_path: Path):
    days = ["01/02/2024"] * 45_000
    days[40_001] = "01/13/2024"
    found = profiled(tmp_path, file(*days), shop=SHOP)
    assert keys(found) == []
    assert found.mapping["entities"]["order_lines"]["date_format"] == "%m/%d/%Y"


@pytest.mark.parametrize("day", ["13.02.2024", "20240213", "13-Feb-2024", "Feb 13, 2024", "13 February 2024 10:00"])
def test_other_ways_to_write_a_day_are_drafted_and_load(tmp_path: Path, day: str):
    found = profiled(tmp_path, file(f'"{day}"'), shop=SHOP)
    assert keys(found) == []
    assert accepted(loaded(tmp_path, found.mapping), "ordered_at::DATE::VARCHAR") == [("2024-02-13",)]


def test_an_offset_asks_for_the_time_zone_and_offers_first_where_the_clock_was_so(tmp_path: Path):
    found = profiled(tmp_path, file("2024-01-05 23:30:00 +0100", "2024-07-05 23:30:00 +0200"), shop=SHOP)
    asked = question(found, "timezone")
    assert asked.options[0].value == "Europe/Paris"
    assert (asked.options[0].example, asked.likely) == ("2024-01-05 23:30", 5)
    assert "for example 2024-01-05 23:30:00 +0100" in asked.sentence
    assert "Europe/London" in [option.value for option in asked.options[5:]]
    found = after(tmp_path, found, timezone="Europe/London")
    assert keys(found) == []
    assert accepted(loaded(tmp_path, found.mapping), "ordered_at::VARCHAR") == [
        ("2024-01-05 22:30:00",),
        ("2024-07-05 22:30:00",),
    ]
