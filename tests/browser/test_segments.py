"""A segment built with the keyboard alone: counted while one writes, the same in the list, saved, and taken out."""

from __future__ import annotations

import re
import zipfile

from playwright.sync_api import expect

from tests.browser.conftest import settled
from tests.browser.test_looks import violations


def test_two_rules_by_keyboard_are_counted_saved_and_exported(open_page):
    page = settled(open_page("/segments/build", role="analyst"))
    count = page.locator("#build-count dd").first
    page.locator("#rules-0-field").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("France; Germany")
    page.keyboard.press("Tab")
    expect(page.locator("#build-count")).to_contain_text("country is France or Germany")
    page.locator("#build-add").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rules-1-field")).to_be_focused()
    page.keyboard.press("o")
    page.keyboard.press("Tab")
    expect(page.locator("#rules-1-operator")).to_have_value("at_least")
    page.keyboard.press("Tab")
    page.keyboard.type("three")
    page.keyboard.press("Tab")
    expect(page.locator("#rules-1-error")).to_contain_text("'three' is not a number")
    page.locator("#rules-1-values").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    expect(page.locator("#build-count")).to_contain_text("orders at least 3 orders")
    counted = count.inner_text()
    page.locator("#build-name").focus()
    page.keyboard.type("Repeat buyers")
    page.locator("#build-save").press("Enter")
    expect(page.locator("#build-said")).to_contain_text(f"Repeat buyers is saved: {counted} customers")
    with page.expect_download() as taken:
        page.locator("#build-said").get_by_role("link", name="CSV").press("Enter")
    with zipfile.ZipFile(taken.value.path()) as archive:
        table, _ = (archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert len(table.splitlines()) == int(counted.replace(",", "")) + 1
    page.get_by_role("link", name="Open in Customers").press("Enter")
    expect(page.locator("#customers-strip dd").first).to_have_text(counted)
    expect(page.locator("#filters-chips")).to_have_text(re.compile("Saved segment: Repeat buyers"))


def test_a_condition_over_days_is_set_by_keyboard_and_stands_in_the_address(open_page):
    page = settled(
        open_page("/segments/build?rules=product_in~is~l90d%20P-001", role="analyst", theme="dark", width=390)
    )
    picker = page.locator("#rules-0-picker summary")
    expect(picker).to_contain_text("(P-001)")
    page.locator("#rules-0-when").select_option("custom")
    page.locator("#rules-0-first").fill("2024-05-31")
    page.locator("#rules-0-last").fill("2024-03-01")
    page.locator("#rules-0-last").press("Tab")
    expect(page.locator("#rules-0-error")).to_contain_text("2024-05-31 lies after 2024-03-01. Swap the two.")
    page.locator("#rules-0-first").fill("2024-01-01")
    picker.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("P-002")
    second = page.locator("#rules-0-things").get_by_label("(P-002)")
    expect(second).to_be_visible()
    second.press("Space")
    expect(picker).to_have_text("any of 2")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#build-count")).to_contain_text("within 2024-01-01 to 2024-03-01 (P-001) or")
    page.reload()
    expect(page.locator("#rules-0-first")).to_have_value("2024-01-01")
    expect(picker).to_have_text("any of 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
