"""Filters: the address says the view, the view says the days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.domain.filters import Filters
from dashapp.domain.ranges import RANGES, Period
from dashapp.domain.vocabulary import SEGMENTS, Basis, Compare
from dashapp.errors import FilterError

UNTIL = date(2024, 2, 29)
words = st.lists(st.text(st.characters(exclude_characters="|", codec="utf-8"), min_size=1, max_size=20), max_size=4)
days = st.dates(date(2000, 1, 1), date(2030, 12, 31))


@st.composite
def any_filters(draw: st.DrawFn) -> Filters:
    start, end = sorted((draw(days), draw(days)))
    custom = draw(st.booleans())
    return Filters(
        range="custom" if custom else draw(st.sampled_from(sorted(RANGES))),
        start=start if custom else None,
        end=end if custom else None,
        compare=draw(st.sampled_from(Compare)),
        basis=draw(st.sampled_from(Basis)),
        country=tuple(sorted(set(draw(words)))),
        channel=tuple(sorted(set(draw(words)))),
        segment=tuple(sorted(draw(st.sets(st.sampled_from(SEGMENTS), max_size=3)))),
        cohort=tuple(sorted({day.isoformat()[:7] for day in draw(st.lists(days, max_size=3))})),
        category=tuple(sorted(set(draw(words)))),
        product=tuple(sorted(set(draw(words)))),
    )


@given(any_filters())
def test_an_address_gives_back_the_view_it_was_made_from(filters: Filters) -> None:
    assert Filters.from_query(filters.to_query()) == filters


def test_the_empty_address_is_the_default_view() -> None:
    assert Filters.from_query({"unknown": "x", "country": ""}) == Filters()
    assert Filters().to_query() == {}


@given(any_filters(), days)
def test_every_period_runs_forward_and_its_comparison_lies_before_it(filters: Filters, until: date) -> None:
    period, earlier = filters.period(until), filters.comparison(until)
    assert period.start <= period.end
    assert earlier is None or (earlier.start <= earlier.end and earlier.start < period.start)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("l7d", Period(date(2024, 2, 23), UNTIL)),
        ("l12m", Period(date(2023, 3, 1), UNTIL)),
        ("mtd", Period(date(2024, 2, 1), UNTIL)),
        ("qtd", Period(date(2024, 1, 1), UNTIL)),
        ("lm", Period(date(2024, 1, 1), date(2024, 1, 31))),
        ("lq", Period(date(2023, 10, 1), date(2023, 12, 31))),
        ("ly", Period(date(2023, 1, 1), date(2023, 12, 31))),
    ],
)
def test_a_range_is_anchored_at_the_last_day_of_the_data(name: str, expected: Period) -> None:
    assert Filters(range=name).period(UNTIL) == expected


@pytest.mark.parametrize(
    ("name", "compare", "until", "expected"),
    [  # in the middle of a month: the part against the same part
        ("l12m", "previous_year", date(2024, 11, 19), ("2022-12-01", "2023-11-19")),
        ("l12m", "previous_period", date(2024, 11, 19), ("2022-12-01", "2023-11-19")),
        ("mtd", "previous_year", date(2024, 11, 19), ("2023-11-01", "2023-11-19")),
        ("mtd", "previous_period", date(2024, 11, 19), ("2024-10-01", "2024-10-19")),
        ("qtd", "previous_period", date(2024, 11, 19), ("2024-07-01", "2024-08-19")),
        ("ytd", "previous_period", date(2024, 11, 19), ("2023-01-01", "2023-11-19")),
        # whole months, however long they are
        ("lm", "previous_period", date(2024, 11, 19), ("2024-09-01", "2024-09-30")),
        ("lq", "previous_period", date(2024, 11, 19), ("2024-04-01", "2024-06-30")),
        ("ly", "previous_period", date(2024, 11, 19), ("2022-01-01", "2022-12-31")),
        ("mtd", "previous_period", date(2024, 2, 29), ("2024-01-01", "2024-01-31")),
        ("mtd", "previous_year", date(2025, 2, 28), ("2024-02-01", "2024-02-29")),
        # days: as many, and a year earlier on the same days of the week
        ("l7d", "previous_period", UNTIL, ("2024-02-16", "2024-02-22")),
        ("l7d", "previous_year", UNTIL, ("2023-02-24", "2023-03-02")),
        ("l28d", "previous_year", UNTIL, ("2023-02-03", "2023-03-02")),
    ],
)
def test_a_period_is_compared_with_as_much_of_the_earlier_one(
    name: str, compare: Compare, until: date, expected: tuple[str, str]
) -> None:
    found = Filters(range=name, compare=Compare(compare)).comparison(until)
    assert found == Period(*map(date.fromisoformat, expected))


def test_days_that_have_not_happened_are_compared_with_nothing() -> None:
    month = Filters(range="custom", start=date(2024, 11, 1), end=date(2024, 11, 30))
    assert month.comparison(date(2024, 11, 19)) == Period(date(2023, 11, 1), date(2023, 11, 19))
    assert month.before(date(2024, 11, 19)) == Period(date(2024, 10, 13), date(2024, 10, 31))
    assert month.comparison(date(2024, 10, 31)) is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"range": "l13m"}, "range"),
        ({"range": ["l7d", "ytd"]}, "range"),
        ({"range": "custom"}, "range"),
        ({"range": "custom", "start": "2024-02-02", "end": "2024-01-01"}, "start"),
        ({"start": "02/03/2024"}, "start"),
        ({"cohort": "2024-13"}, "cohort"),
        ({"cohort": "March"}, "cohort"),
        ({"compare": "next_year"}, "compare"),
        ({"basis": "profit"}, "basis"),
        ({"segment": "Whales"}, "segment"),
        ({"country": "|".join(map(str, range(101)))}, "country"),
        ({"country": "x" * 300}, "country"),
        ({"channel": 5}, "channel"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_field(query: dict[str, object], field: str) -> None:
    with pytest.raises(FilterError) as refusal:
        Filters.from_query(query)
    assert refusal.value.field == field
    assert refusal.value.hint


def test_the_sentence_says_everything_that_narrows_the_view() -> None:
    filters = Filters(range="lm", country=("DE", "FR"), segment=("Loyal",))
    assert filters.sentence(UNTIL) == "1 Jan 2024 to 31 Jan 2024, net sales, country DE or FR, segment Loyal"
