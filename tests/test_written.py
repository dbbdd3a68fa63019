"""Numbers, money, percent and days by locale, against what Babel itself writes for whole values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from babel.localedata import locale_identifiers
from babel.numbers import format_currency, format_decimal, format_percent

from dashapp import written
from dashapp.charts.kit import formats, grain
from dashapp.domain.ranges import Period
from dashapp.web import format as fmt


@pytest.fixture(autouse=True)
def _house_style() -> Iterator[None]:
    yield
    written.use()


def spaced(text: str) -> str:
    """Without the difference between a space and one that does not break."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_german_money_and_percent_are_those_of_the_specification() -> None:
    written.use("de_DE")
    assert spaced(fmt.amount(1234567.5, "EUR")) == "1.234.567,50 €"
    assert spaced(fmt.percent(0.183)) == "18,3 %"
    assert spaced(fmt.money(2_412_000, "EUR")) == "2,41m €"
    assert fmt.day(date(2024, 3, 5)) == "05.03.2024"
    assert spaced(fmt.delta(90, 100)) == "−10,0 %"


@pytest.mark.parametrize(
    "locale", ["en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "sv_SE", "pl_PL", "hi_IN", "pt_BR", "nl_NL"]
)
@pytest.mark.parametrize("value", [0.0, 12.34, 1234567.5, 98765432.1])
def test_a_locale_writes_what_babel_writes(locale: str, value: float) -> None:
    written.use(locale)
    assert fmt.number(value, 2) == format_decimal(round(value, 2), _pattern(locale), locale)
    assert spaced(fmt.amount(value, "EUR")) == spaced(format_currency(value, "EUR", locale=locale))
    share = value / 1e7
    assert fmt.percent(share, 0) == format_percent(share, locale=locale)


def _pattern(locale: str) -> str:
    return "#,##,##0.00" if locale == "hi_IN" else "#,##0.00"


def test_the_default_is_the_house_style() -> None:
    assert (fmt.amount(1234.5, "GBP"), fmt.money(950, "CHF"), fmt.percent(0.1234)) == (
        "£1,234.50",
        "CHF\u00a0950",
        "12.3\u00a0%",
    )
    assert fmt.number(-0.2) == "0"
    assert written.moment(datetime(2024, 3, 5, 9, 30, tzinfo=UTC)) == "5 Mar 2024 09:30"


def test_no_locale_lets_a_line_end_inside_money_or_a_share() -> None:
    """Browsers end lines at spaces, and between a sign and a currency."""
    for locale in sorted(name for name in locale_identifiers() if re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", name)):
        written.use(locale)
        told = [fmt.amount(-1234.5, code) for code in ("EUR", "CHF")] + [
            fmt.money(2_412_000, "GBP"), fmt.signed_money(1200.0, "USD"),
            fmt.percent(-0.183), fmt.delta(0.2, 0.1, "share"),
        ]  # fmt: skip
        assert not [words for words in told if re.search(r"[ \t]|[−+][£€$¥₹]", words)], locale


def test_what_is_typed_is_read_the_way_it_is_written() -> None:
    written.use("de_DE")
    assert [written.plain(text) for text in ("1.234,5", "1.234", "0,8", "0.8", "18,3 %")] == [
        "1234.5",
        "1234",
        "0.8",
        "0.8",
        "18.3",
    ]
    assert written.digits("38.5") == "38,5"


@pytest.mark.parametrize("name", ["xx_YY", "", "de_DE; drop", "../../etc"])
def test_a_locale_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="locale"):
        written.known(name)


@pytest.mark.parametrize(("first", "monday"), [("monday", 13), ("sunday", 12), ("saturday", 11), ("thursday", 16)])
def test_weeks_begin_on_the_chosen_day(first: str, monday: int) -> None:
    written.use(week_start=first)
    start = date(2024, 5, monday)
    assert grain.bucket(date(2024, 5, 16), grain.Grain.WEEK) == start
    starts = grain.buckets(Period(date(2024, 1, 3), date(2024, 6, 30)), grain.Grain.WEEK)
    assert {start.strftime("%A").lower() for start in starts} == {first}


def test_the_words_of_charts_follow() -> None:
    written.use("fr_FR")
    assert spaced(formats.number(1234.5, 1)) == "1 234,5"
    assert str(Period(date(2024, 3, 5), date(2024, 4, 5))) == "5 mars 2024 to 5 avr. 2024"
