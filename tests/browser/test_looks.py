"""Every page, light and dark, wide and narrow: as it was kept, accessible, without complaints or sideways scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashapp.web.frame import discover
from tests.browser import golden
from tests.browser.conftest import settled

ONE_OF_MANY = ("/customers/C-00001", "/products/P-001")
PATHS = [*(page.path for page in discover() if not page.has_variables), *ONE_OF_MANY]
OTHER = {"light": "dark", "dark": "light"}


@pytest.fixture(scope="module")
def desk(chromium):
    """An empty page on which pictures are compared."""
    with chromium.new_context() as context:
        yield context.new_page()


def violations(page, within=None):
    found = Axe().run(
        page,
        context=within,
        options={
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            "resultTypes": ["violations"],  # every node that passes would be described too: most of the time of a run
        },
    )
    return [
        f"{item['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for item in found.response["violations"]
        for node in item["nodes"]
    ]


def change_theme(page, theme):
    page.locator(f"[data-theme-choice={theme}]").dispatch_event("click")
    page.locator(f"html[data-bs-theme={theme}]").wait_for()
    page.wait_for_timeout(300)  # charts are drawn anew


def too_wide(page):
    """Pixels that scroll sideways, once charts have had the time to follow the width."""
    for _ in range(25):
        pixels = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if pixels <= 0:
            return 0
        page.wait_for_timeout(200)
    return pixels


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_looks_as_kept_without_violation_or_sideways_scrolling(open_again, desk, path, width, theme):
    page = settled(open_again(path, theme=theme, width=width))
    picture = page.screenshot(full_page=True)
    assert violations(page) == []
    change_theme(page, OTHER[theme])
    assert violations(page) == []
    if width == 390:
        page.set_viewport_size({"width": 320, "height": 640})
    assert too_wide(page) == 0
    name = f"{path.strip('/').replace('/', '-') or 'home'}-{width}-{theme}"
    assert golden.share_changed(desk, picture, name) <= golden.MOST_CHANGED


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sign_in_has_no_accessibility_violation_and_fits_a_small_phone(open_page, theme):
    page = open_page("/login", role="", theme=theme, width=320, height=640)
    assert violations(page) == []
    assert too_wide(page) == 0
