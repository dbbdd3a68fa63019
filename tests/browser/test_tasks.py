"""What readers come for, from the sign-in form on, with the keyboard alone; each within two minutes of a person's time.

Two tasks are walked elsewhere: a product in decline and its partner in test_products.py, a view saved and opened by
somebody else through its link in test_views.py.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect

from dashapp.web import format as fmt
from tests.browser.conftest import Live, settled
from tests.web.conftest import PASSWORD

KEY_SECONDS, THINK_SECONDS = 0.28, 1.35
"One key of somebody who is no typist, and one decision: Card, Moran and Newell, CACM 23 (1980), 396-410."
TASK_SECONDS = 120
MOST_TABS = 120
VISIBLE = "one => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"


@dataclass
class Hands:
    """A reader with a keyboard and nothing else, and the seconds a person would have needed so far."""

    page: Page
    seconds: float = 0.0

    def press(self, *keys: str) -> None:
        """Decide once, then press these keys one after another."""
        self._takes(len(keys))
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self._takes(len(text))
        self.page.keyboard.type(text)

    def tab_to(self, selector: str) -> str:
        """Press Tab until the focus lies on what `selector` names, and read it."""
        for pressed in range(MOST_TABS):
            if self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                self._takes(pressed)
                return " ".join(self.page.evaluate("document.activeElement.innerText").split())
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by {MOST_TABS} presses of Tab")

    def jump(self, page_name: str) -> None:
        """To a page by the palette."""
        self.press("Control+k")
        expect(self.page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
        self.type(page_name)
        first = self.page.get_by_role("option", name=page_name).first
        expect(first).to_have_attribute("aria-selected", "true")
        self.press("Enter")
        self.arrives(page_name)

    def arrives(self, page_name: str) -> None:
        self.page.get_by_role("heading", name=page_name, level=1, exact=True).wait_for()
        settled(self.page)

    def back(self) -> None:
        """Alt and the left arrow. A browser without a window does not obey it: look that the page leaves it alone."""
        self.page.evaluate("addEventListener('keydown', (event) => (window.tookKey = event.defaultPrevented))")
        self.press("Alt+ArrowLeft")
        assert self.page.evaluate("window.tookKey") is False
        self.page.go_back()

    def _takes(self, keys: int) -> None:
        self.seconds += THINK_SECONDS + KEY_SECONDS * keys
        assert self.seconds < TASK_SECONDS


@pytest.fixture
def hands(open_page: Callable[..., Page]) -> Hands:
    """An analyst who has just signed in by the form."""
    made = Hands(open_page("/", role=""))
    expect(made.page.get_by_label("User name")).to_be_focused()  # after the first paint; a key before it is lost
    made.type("analyst")
    made.press("Tab")
    made.type(PASSWORD)
    made.press("Enter")
    made.arrives("Home")
    return made


def filter_by_country(hands: Hands, country: str) -> None:
    hands.press("f")
    hands.tab_to("details[data-filter=country] > summary")
    hands.press("Enter")
    hands.tab_to(f'#filters-country input[value="{country}"]')
    hands.press("Space")
    expect(hands.page.locator("#filters-chips .chip")).to_have_text(f"Country: {country}")
    hands.press("Escape")
    settled(hands.page)


def row(live: Live, sql: str, *values: Any) -> tuple[Any, ...]:
    """The one row of a question to the data themselves."""
    (file,) = (live.settings.data_dir / "warehouse").glob("tenure-*.duckdb")
    with duckdb.connect(str(file), read_only=True) as connection:
        (found,) = connection.execute(sql, values).fetchall()
    return tuple(found)


def listed(page: Page) -> int:
    """How many customers the list says it holds."""
    figure = page.locator("#customers-strip dd").first
    expect(figure).to_have_text(re.compile(r"^[\d,]+$"))
    return int(figure.inner_text().replace(",", ""))


def day_of(words: str) -> date:
    return datetime.strptime(words, "%d %b %Y").replace(tzinfo=UTC).date()


def in_view(one: Locator) -> bool:
    return bool(one.evaluate(VISIBLE))


def test_the_value_at_risk_in_one_country_is_found_and_its_customers_are_taken_out(hands: Hands, live: Live) -> None:
    page = hands.page
    worth = "select sum(value_at_risk), count(value_at_risk) from marts.customers where country = 'France'"
    money, count = row(live, worth)
    hands.jump("Overview")
    filter_by_country(hands, "France")
    assert hands.tab_to("[data-who=value_at_risk]").startswith(fmt.money(money, "EUR"))
    hands.press("Enter")
    expect(page.get_by_role("dialog", name="Value at risk").locator("dd").first).to_have_text(f"{count:,}")
    assert hands.tab_to("dialog.drawer a.btn-primary") == "Open in Customers"
    hands.press("Enter")
    hands.arrives("Customers")
    assert listed(page) == count
    assert hands.tab_to("#customers-exports a") == "CSV"
    with page.expect_download() as taken:
        hands.press("Enter")
    with zipfile.ZipFile(taken.value.path()) as archive:
        table, about = (archive.read(name).decode("utf-8-sig") for name in archive.namelist())
        countries = [line["country"] for line in csv.DictReader(io.StringIO(table))]
    assert "country France" in about
    assert countries == ["France"] * count


def test_the_score_of_a_customer_is_explained_by_its_reasons(hands: Hands) -> None:
    page = hands.page
    hands.press("g", "c")
    hands.arrives("Customers")
    hands.tab_to("#customers-grid .ag-header-cell")
    hands.press("ArrowDown", "Enter")
    page.wait_for_url(re.compile("/customers/C-"))
    reasons = settled(page).locator("h3", has_text="Why, against customers of the same age").locator("+ ul > li").last
    assert not in_view(reasons)
    while not in_view(reasons):
        hands.press("PageDown")
        page.wait_for_timeout(250)  # the page moves smoothly; a reader looks before pressing again
    expect(reasons).to_have_text(re.compile(r": (raises|lowers) the odds "))


def test_the_cohort_that_has_not_paid_back_is_found_and_opened(hands: Hands, live: Live) -> None:
    page = hands.page
    hands.jump("Retention")
    told = page.locator(".matrix-unpaid li").first.inner_text()
    month = hands.tab_to(".matrix-unpaid a")
    spent = "select sum(spend) from marts.marketing_spend where strftime(spend_date, '%b %Y') = ?"
    new = "select count(*) from marts.customers where strftime(cohort_month, '%b %Y') = ?"
    (spend,), (count,) = row(live, spent, month), row(live, new, month)
    assert told.startswith(f"{month}: cost {fmt.money(float(spend) / count, 'EUR')} each, brought ")
    hands.press("Enter")
    page.wait_for_url(re.compile(r"/customers\?cohort="))
    hands.arrives("Customers")
    assert listed(page) == count


def test_sales_are_compared_with_those_of_last_year(hands: Hands, live: Live) -> None:
    page = hands.page
    hands.press("g", "o")
    hands.arrives("Overview")
    hands.press("f")
    hands.tab_to("#filters-compare")
    hands.press("End")
    expect(page.locator(".kpi-card .change")).to_have_count(0)
    expect(settled(page)).to_have_url(re.compile(r"\?compare=none$"))
    hands.press("Home")
    change = page.locator("#overview-net_sales .change")
    expect(change).to_be_visible()
    meant = page.locator("#overview-meant").inner_text()
    since, until, *earlier = map(day_of, re.findall(r"\d+ \w{3} \d{4}", meant))
    assert earlier == [day.replace(year=day.year - 1) for day in (since, until)]
    sold = "select sum(amount) from marts.order_lines where order_date between ? and ?"
    (now,), (before,) = row(live, sold, since, until), row(live, sold, *earlier)
    assert change.inner_text() == fmt.delta(float(now), float(before))


def test_a_filter_is_undone_by_going_back(hands: Hands) -> None:
    page = hands.page
    hands.press("g", "o")
    hands.arrives("Overview")
    value = page.locator("#overview-active_customers-body .kpi-value")
    before = value.inner_text()
    filter_by_country(hands, "Germany")
    expect(value).not_to_have_text(before, use_inner_text=True)
    hands.back()
    expect(page.locator("#filters-chips .chip")).to_have_count(0)
    expect(value).to_have_text(before, use_inner_text=True)
    expect(page).to_have_url(re.compile(r"/overview$"))
