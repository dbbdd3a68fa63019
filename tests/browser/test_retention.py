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
