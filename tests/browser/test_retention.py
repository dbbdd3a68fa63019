"""What readers do on the Retention page: ask for churn at a horizon of their own."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import settled


def test_churn_at_a_horizon_is_computed_under_the_filters_and_kept(open_page):
    page = settled(open_page("/retention?country=Germany", role="analyst"))
    expect(page.locator("#churn-horizon")).to_have_value("365")
    page.locator("#churn-horizon").fill("60")
    page.get_by_role("button", name="Compute churn").click()
    result = page.locator("#churn-result")
    expect(result).to_contain_text("Churn rate, 60 days")
    expect(result).to_contain_text("country Germany")
    expect(result).to_contain_text("How right has this been?")
    expect(result.locator(".js-plotly-plot")).to_have_count(1)
    page.locator("#churn-threshold").fill("0")
    page.get_by_role("button", name="Compute churn").click()
    expect(page.locator("#churn-message")).to_have_text(re.compile("threshold must lie between"))
    expect(result).to_contain_text("Churn rate, 60 days")


def test_a_viewer_sees_no_churn_card(open_page):
    page = settled(open_page("/retention", role="viewer"))
    expect(page.locator("#churn-go")).to_be_hidden()


def test_the_cohort_behind_is_found_and_its_customers_opened_with_the_keyboard_alone(open_page):
    page = settled(open_page("/retention?metric=margin&count=until", role="viewer"))
    matrix = page.locator(".cohort-matrix")
    expect(matrix.locator("caption")).to_contain_text("Margin per customer by the end of month k")
    expect(page.locator(".matrix-unpaid")).to_contain_text("Not paid back")
    page.locator("#cohorts-ahead").select_option("off")
    expect(matrix.locator(".is-ahead")).to_have_count(0)
    assert "metric=margin&count=until&ahead=off" in page.url
    page.locator(".cohort-matrix .table-scroll").focus()
    page.keyboard.press("Tab")
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    said = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.match(r"Aug 2024: Margin per customer by the end of month 1, EUR\s\d+, \d+ customers", said)
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers?cohort=2024-08")
    page.go_back()
    expect(page.locator("#cohorts-metric")).to_have_value("margin")
    settled(page)  # or the answer that is on its way takes the link from under the key
    behind = page.locator(".matrix-unpaid a").last
    expect(behind).to_be_visible()
    behind.press("Enter")
    page.wait_for_url(re.compile("/customers.cohort=2025-0"))
