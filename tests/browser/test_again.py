"""A card that failed is asked for again by its button, and the others stay as they are."""

from __future__ import annotations

import json

from playwright.sync_api import Route, expect

from dashapp.services.spared import HINT, Failure
from dashapp.web.components.states import failed
from tests.browser.conftest import settled
from tests.browser.test_looks import violations

CARD = "overview-country_value"


def test_a_failed_card_is_tried_again_by_keyboard(open_page):
    page, failures = open_page("/overview"), []
    settled(page)
    panel = json.loads(
        json.dumps(
            failed(Failure("This could not be shown. Request 0123456789ab.", HINT)).to_plotly_json(),
            default=lambda one: one.to_plotly_json(),
        )
    )

    def fail_once(route: Route) -> None:
        answer = route.fetch()
        told = json.loads(answer.text() or "{}")
        if f"{CARD}-caption" in told.get("response", {}) and not failures:
            failures.append(told["response"][f"{CARD}-caption"]["children"])
            told["response"][f"{CARD}-caption"]["children"] = panel
            told["response"][CARD]["className"] = "chart-card is-noted"
        route.fulfill(response=answer, json=told) if told else route.fulfill(response=answer)

    page.route(lambda url: "_dash-update-component" in url, fail_once)
    page.locator("#filters-basis").select_option("gross_sales")
    caption = page.locator(f"#{CARD}-caption")
    expect(caption.get_by_role("alert")).to_contain_text("Request 0123456789ab.")
    expect(page.locator("#overview-channel_value")).to_have_class("chart-card is-drawn")
    assert violations(page) == []
    caption.get_by_role("button", name="Try again").focus()
    page.keyboard.press("Enter")
    expect(caption).to_have_text(failures[0])
    expect(page.locator(f"#{CARD}")).to_have_class("chart-card is-drawn")
