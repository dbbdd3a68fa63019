"""What readers do in the customers list: search, choose columns, walk with the keyboard, look on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import settled

NAME = re.compile(r"/customers/C-\d+$")


def headers(page):
    return page.locator("#customers-grid .ag-header-cell-text")


def test_chosen_columns_survive_a_reload(open_page):
    page = settled(open_page("/customers?states=lapsed", role="analyst"))
    page.locator(".columns-menu > summary").press("Enter")
    menu = page.locator(".columns-menu")
    menu.get_by_label("Sales so far").uncheck()
    menu.get_by_label("Segment").uncheck()
    menu.get_by_label("Still a customer").check()
    expect(headers(page).filter(has_text="Sales so far")).to_have_count(0)
    expect(page).to_have_url(re.compile("states=lapsed.*columns=clv%7Ccustomer_state"))
    settled(page.reload() and page)
    expect(headers(page).filter(has_text="Sales so far")).to_have_count(0)
    expect(headers(page).filter(has_text="Predicted CLV")).to_have_count(1)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "@" not in kept
    assert not re.search(r"C-\d", kept)


def test_a_customer_is_opened_with_the_keyboard_alone(open_page):
    page = settled(open_page("/customers", role="viewer"))
    first = page.locator("#customers-grid .ag-row[row-id]").first.get_attribute("row-id")
    page.locator("#customers-grid .ag-header-cell").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".column-meaning")).to_have_text(re.compile(r"^\w[\w ]*: \w.*\.$"))
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(f"/customers/{first}$"))


def test_a_click_on_any_cell_opens_the_customer_of_its_row(open_page):
    page = settled(open_page("/customers", role="viewer"))
    row = page.locator('#customers-grid .ag-row[row-index="2"]').first.get_attribute("row-id")
    page.locator('#customers-grid .ag-row[row-index="2"] [col-id="net_sales"]').click()
    expect(page).to_have_url(re.compile(f"/customers/{row}$"))


def test_on_a_phone_the_customer_stays_in_view_beside_the_other_columns(open_page):
    page = settled(open_page("/customers", role="analyst", width=390, height=844))
    cell = page.locator('#customers-grid .ag-row[row-index="0"] [col-id="customer_id"]')
    before = cell.bounding_box()
    page.evaluate("document.querySelector('#customers-grid .ag-body-horizontal-scroll-viewport').scrollLeft = 600")
    expect(headers(page).filter(has_text="Predicted CLV")).to_have_count(0)
    assert cell.bounding_box() == before
    assert before["width"] <= 390 * 0.45


def test_a_misspelt_name_finds_and_says_that_it_guesses(open_page):
    page = settled(open_page("/customers", role="analyst"))
    page.get_by_label("Search customers").fill("c-0001x")
    expect(page.locator("#customers-strip")).to_contain_text("Nobody matches “c-0001x”")
    expect(page.locator("#customers-grid .ag-row a").first).to_contain_text("C-0001")
    expect(page).to_have_url(re.compile(r"search=c-0001x"))


def test_segments_are_counted_in_the_filter_bar_and_chips_stay_plain(open_page):
    page = settled(open_page("/customers", role="viewer"))
    page.locator("details[data-filter=segment] > summary").click()
    option = page.locator("#filters-segment .form-check").filter(has_text="Loyal").first
    expect(option).to_have_text(re.compile(r"Loyal [\d,]+"))
    option.locator("input").check()
    expect(page.locator("#filters-chips")).to_have_text(re.compile("Segment: (Previously loyal|Loyal)$"))


def test_who_leaves_before_the_script_of_the_list_is_there_hears_nothing_of_it(open_page):
    page, held = settled(open_page("/overview")), []
    script = page.evaluate("document.documentElement.dataset.grid")
    page.route(f"**{script}", lambda asked: held.append(asked))
    page.locator("#nav-customers").click()
    expect(page.locator("#customers-grid")).to_be_attached()
    page.locator("#nav-overview").click()
    expect(page.locator("#customers-grid")).to_have_count(0)
    with page.expect_response(f"**{script}"):
        held[0].continue_()
    settled(page)  # open_page fails on what the page complained of
