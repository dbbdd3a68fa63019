"""What readers choose stands in the address: a reload and the back button find it again."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import settled


def test_what_was_chosen_is_there_after_a_reload_and_on_the_way_back(open_page):
    page = settled(open_page("/segments", role="analyst"))
    shown = page.locator("#segments-metric")
    shown.select_option("value")
    expect(page).to_have_url(re.compile(r"/segments\?metric=value$"))
    page.reload()
    expect(shown).to_have_value("value")
    page.locator("#filters-range").select_option("l90d")
    expect(page).to_have_url(re.compile("metric=value.*range=l90d"))
    shown.select_option("clv")
    expect(page).to_have_url(re.compile("metric=clv"))
    page.go_back()
    expect(page.locator("#filters-range")).to_have_value("l12m")
    expect(shown).to_have_value("value")
    shown.select_option("customers")
    expect(page).to_have_url(re.compile(r"/segments$"))


def test_columns_days_and_assumptions_are_of_the_address_too(open_page):
    page = settled(open_page("/customers", role="analyst"))
    page.locator(".columns-menu > summary").click()
    page.get_by_label("Still a customer").check()
    expect(page).to_have_url(re.compile(r"columns=clv%7C.*p_alive"))
    page.goto(page.url)
    page.locator(".columns-menu > summary").click()
    expect(page.get_by_label("Still a customer")).to_be_checked()
    page = settled(open_page("/segments?tab=movement&earlier=2024-12-31", role="analyst"))
    expect(page.locator("#segments-earlier")).to_have_value("2024-12-31")
    page = settled(open_page("/retention", role="analyst"))
    page.locator("#churn-horizon").fill("60")
    page.locator("#churn-horizon").press("Tab")
    expect(page).to_have_url(re.compile("churn_days=60"))
    page.reload()
    expect(page.locator("#churn-horizon")).to_have_value("60")
    expect(page.locator("#churn-threshold")).to_have_value("50")
