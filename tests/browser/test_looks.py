"""Every page, light and dark, wide and narrow: accessible, without complaints, without sideways scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashapp.web.frame import discover
from tests.browser.conftest import settled

SOMEBODY = "/customers/1"
PATHS = [*(page.path for page in discover() if not page.has_variables), SOMEBODY]
WIDTHS = [1440, 390]


def violations(page):
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{item['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for item in found.response["violations"]
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_accessibility_violation(open_page, path, theme, width):
    page = settled(open_page(path, theme=theme, width=width))
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sign_in_has_no_accessibility_violation(open_page, theme):
    page = open_page("/login", role="", theme=theme, width=390)
    assert violations(page) == []


@pytest.mark.parametrize("path", [*PATHS, "/login"])
def test_nothing_scrolls_sideways_on_a_small_phone(open_page, path):
    page = open_page(path, role="" if path == "/login" else "admin", width=320, height=640)
    if path != "/login":
        settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
