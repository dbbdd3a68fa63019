"""Without a mouse: a view is saved and opened by somebody else, the palette leads anywhere, single keys can be off."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import settled
from tests.browser.test_looks import violations


def tab_to(page, selector):
    """Press Tab until what the selector names has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_view_is_saved_by_keyboard_and_opened_by_somebody_else_through_its_link(open_page):
    page = settled(open_page("/portfolio?range=lq&utm_source=mail", role="analyst"))
    expect(page.get_by_role("alert")).to_contain_text("does not know “utm_source”")
    expect(page).to_have_url(re.compile(r"/portfolio\?range=lq$"))
    tab_to(page, ".views-menu > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#views-name")
    page.keyboard.type("Last quarter, gtf?")
    tab_to(page, "#views-team")
    page.keyboard.press("Space")
    tab_to(page, ".views-form button")
    page.keyboard.press("Enter")
    copy = page.locator(".views-said").get_by_role("button", name="Copy link")
    copy.wait_for()
    assert violations(page, ".views-menu") == []
    other = settled(open_page(copy.get_attribute("data-href"), role="viewer"))
    expect(other).to_have_url(re.compile(r"/portfolio\?range=lq$"))
    expect(other.get_by_label("Period", exact=True)).to_have_value("lq")
    other.locator(".views-menu > summary").press("Enter")
    expect(other.locator(".view-row").filter(has_text="Last quarter, gtf?")).to_contain_text("By analyst")


def test_a_default_view_opens_its_page_and_what_is_applied_is_undone_by_going_back(open_page):
    page = settled(open_page("/portfolio?country=France", role="operator"))
    page.locator(".views-menu > summary").press("Enter")
    page.get_by_label("Name of this view").fill("French")
    page.get_by_label("Name of this view").press("Enter")
    page.get_by_text("More about French").locator("..").press("Enter")
    page.get_by_role("button", name="Open this page with it").press("Enter")
    page.locator(".view-row[data-default]").wait_for()
    page.goto(page.url.split("?")[0])
    expect(page.locator(".view-notice")).to_contain_text("French")
    expect(settled(page)).to_have_url(re.compile(r"\?country=France$"))
    page.get_by_role("link", name="Show the plain page").press("Enter")
    expect(page.locator(".view-notice")).to_have_count(0)
    expect(settled(page)).to_have_url(re.compile(r"\?view=plain$"))
    page.select_option("#filters-range", "l90d")
    expect(page).to_have_url(re.compile(r"\?range=l90d$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?view=plain$"))
    expect(page.locator("#filters-range")).to_have_value("l12m")
    page.go_forward()
    expect(page.locator("#filters-range")).to_have_value("l90d")


def test_the_palette_leads_to_a_customer_and_keys_typed_into_it_do_nothing_else(open_page):
    page = settled(open_page("/", role="viewer", width=390, height=844))
    page.get_by_role("button", name="Search or jump to").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Search or jump to")).to_be_focused()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search or jump to")
    expect(field).to_be_focused()
    page.keyboard.type("t?zz")
    page.locator("#palette-said", has_text="Nothing found for “t?zz”").wait_for()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    field.fill("c-00001")
    option = page.get_by_role("option", name="C-00001")
    option.wait_for()
    expect(option).to_have_attribute("aria-selected", "true")
    assert violations(page, "#palette-dialog") == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/customers/C-00001$"))


def test_the_sheet_tells_the_keys_and_switches_them_off(open_page):
    page = settled(open_page("/?from=mail", role="viewer"))
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Segments")
    expect(sheet).not_to_contain_text("Data quality")
    assert violations(page, "#shortcuts") == []
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile(r"\d/$"))
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.keyboard.press("?")
    sheet.get_by_role("switch", name="Single-key shortcuts").press("Space")
    assert violations(page, "#shortcuts") == []
    page.keyboard.press("Escape")
    settled(page.reload() and page)
    for key in ("t", "g", "o", "?"):
        page.keyboard.press(key)
    expect(sheet).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\d/$"))
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or jump to")).to_be_focused()
