"""Who is in a number, by keyboard alone; a choice made in a chart; nothing of it in the way of a screen reader."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.browser.test_looks import violations


def press(page: Page, name: str) -> None:
    """Reach a button without the mouse and press it."""
    button = page.get_by_role("button", name=name).first
    button.focus()
    page.keyboard.press("Enter")


def customers_in(page: Page) -> str:
    drawer = page.get_by_role("dialog")
    expect(drawer.locator("dd").first).to_have_text(re.compile(r"^[\d,]+$"))
    return drawer.locator("dd").first.inner_text()


def test_a_key_figure_opens_its_customers_and_gives_the_focus_back(open_page):
    page = settled(open_page("/overview?range=lm", role="analyst", width=390))
    press(page, "who is in Active customers")
    drawer = page.get_by_role("dialog", name="Active customers")
    expect(drawer.locator(".kpi-value")).to_have_text(customers_in(page))
    assert drawer.bounding_box()["width"] == 390
    expect(drawer.get_by_role("link", name="Export")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator("[data-who=active_customers]")).to_be_focused()


def test_a_row_of_a_chart_filters_the_page_and_opens_the_same_customers_as_the_list(open_page):
    page = settled(open_page("/overview", role="viewer"))
    press(page, "View Channels as a table")
    press(page, "Filter by ")
    expect(page.locator("#filters-chips .chip")).to_have_text(re.compile("Channel: "))
    expect(page).to_have_url(re.compile("channel="))
    settled(page)
    press(page, "Customers: ")
    count = customers_in(page)
    expect(page.get_by_role("dialog").get_by_role("link", name="Export")).to_have_count(0)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    expect(page.locator("#filters-chips .chip")).to_have_count(0)
    settled(page)
    press(page, "Customers: ")
    page.get_by_role("link", name="Open in Customers").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#customers-strip dd").first).to_have_text(count)
    expect(page.get_by_role("dialog")).to_have_count(0)
