"""What readers take with them from a page: printed in the background, kept in their list."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import settled
from tests.browser.test_looks import violations
from tests.services import pdf_text


def test_a_page_is_printed_under_its_filters_and_waits_in_the_list(open_page, tmp_path: Path):
    page = settled(open_page("/segments?country=Germany", role="analyst"))
    page.locator(".export-menu summary").click()
    assert violations(page) == []
    with page.expect_download(timeout=60_000) as coming:
        page.locator("#export-page-go").click()
    expect(page.locator("#export-page-message")).to_have_text(re.compile(r"Ready: segments-.*\.pdf"))
    coming.value.save_as(tmp_path / "page.pdf")
    sheets = pdf_text.sheets((tmp_path / "page.pdf").read_bytes())
    assert "countryGermany" in sheets[0]
    assert f"Page1of{len(sheets)}" in sheets[0]
    page.get_by_role("link", name="My exports").click()
    expect(page.locator("#exports-body").get_by_role("link")).to_have_text(re.compile("segments-"))
    page.get_by_role("button", name=re.compile("Remove segments")).click()
    expect(page.locator("#exports-body")).to_contain_text("No file is waiting")


def test_a_viewer_has_no_export_menu_and_paper_shows_no_controls(open_page):
    page = settled(open_page("/segments", role="viewer"))
    expect(page.locator(".export-menu")).to_be_hidden()
    page.emulate_media(media="print")
    for hidden in (".nav-side", ".top-bar", ".filter-controls", ".card-tools"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.locator(".chart-card").first.evaluate("card => getComputedStyle(card).breakInside") == "avoid"
