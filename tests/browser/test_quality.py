"""An operator's way through the quality desk: from the queue to a resolved issue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from dashapp.store import state
from tests.browser.conftest import Live, settled
from tests.browser.test_looks import violations
from tests.web.test_quality_pages import stopped_after_a_good_one


@pytest.fixture(scope="module", autouse=True)
def _findings(live: Live) -> None:
    engine = state.open(live.settings)
    stopped_after_a_good_one(engine, datetime.now(UTC) - timedelta(hours=1))
    engine.dispose()


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390), ("light", 320)])
@pytest.mark.parametrize("path", ["/quality", "/quality/2"])
def test_a_desk_at_work_is_accessible_and_fits(open_page, path, theme, width):
    page = settled(open_page(path, role="operator", theme=theme, width=width))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_operator_takes_and_resolves_the_heaviest_issue(open_page):
    page = settled(open_page("/quality", role="operator"))
    page.locator(".issue-row a").first.click()
    page.locator("#issue-take").click()
    expect(page.locator("#issue-said")).to_have_text("It is yours now.")
    page.locator("#issue-resolve").click()
    expect(page.locator("#issue-said")).to_contain_text("A comment is missing.")
    page.fill("#issue-words", "Ids are back.")
    page.locator("#issue-resolve").click()
    expect(page.locator(".issue-events")).to_contain_text("Ids are back.")
    expect(page.locator("#issue-words")).to_have_value("")
    expect(page.locator("#issue-resolve")).to_be_hidden()
    expect(page.locator("#issue-reopen")).to_be_visible()


def test_an_operator_comments_on_an_issue_gives_it_away_and_takes_it_up_again(open_page):
    page = settled(open_page("/quality/1", role="operator"))
    said, state = page.locator("#issue-said"), page.locator(".profile-title .badge").last
    page.locator("#issue-comment").click()
    expect(said).to_contain_text("A comment is missing.")
    page.fill("#issue-words", "Asked the till's maker.")
    page.locator("#issue-comment").click()
    expect(said).to_have_text("Commented.")
    expect(page.locator(".issue-events li").first).to_contain_text("Asked the till's maker.")
    expect(page.locator("#issue-words")).to_have_value("")
    page.select_option("#issue-owner", "admin")
    page.locator("#issue-assign").click()
    expect(said).to_have_text("Assigned.")
    expect(page.locator(".issue-events li").first).to_contain_text("To admin.")
    expect(page.get_by_label("How the issue stands").locator("dd").first).to_contain_text("admin")
    page.locator("#issue-start").click()
    expect(state).to_have_text("In progress")
    expect(page.locator("#issue-form")).to_be_focused()  # the button went, the focus did not
    page.fill("#issue-words", "The maker comes in March.")
    page.fill("#issue-until", (datetime.now(UTC) + timedelta(days=30)).date().isoformat())
    page.locator("#issue-ignore").click()
    expect(state).to_have_text("Ignored")
    page.fill("#issue-words", "They came earlier.")
    page.locator("#issue-reopen").click()
    expect(said).to_have_text("Open again.")
    expect(state).to_have_text("Reopened")
    expect(page.locator("#issue-form")).to_be_focused()
