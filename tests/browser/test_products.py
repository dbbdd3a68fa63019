"""What readers do on the Products pages with the keyboard alone: a product in decline, and what it is bought with."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from dashapp.settings import Settings
from dashapp.store import fs
from tests.browser.conftest import WAIT_MS, Live, serving, settled
from tests.browser.test_looks import violations

DECLINING = """
    select min(product_key) from marts.product_stages where stage = 'decline'"""
PAIR = f"""
    insert into marts.product_pairs
    select 1, ({DECLINING}), max(product_key), 40, 90, 120, 3.1, 2.2, 0.01, 0.4, 0.3, 1e-6, 1e-5, 12, 2.6, 1.4, true
    from marts.product_stages where stage = 'maturity'"""


@pytest.fixture(scope="module")
def paired(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The sample, too small to have pairs of its own, with one pair of a declining and a mature product."""
    folder = tmp_path_factory.mktemp("paired")
    shutil.copytree(sample_warehouse.data_dir / "warehouse", folder / "warehouse")
    (file,) = (folder / "warehouse").glob("tenure-*.duckdb")
    before = fs.sha256(file)
    file.chmod(0o600)
    with duckdb.connect(str(file)) as connection:
        connection.execute(PAIR)
    for told in ("CURRENT", "manifest.json"):
        path: Path = folder / "warehouse" / told
        path.write_text(path.read_text().replace(before, fs.sha256(file)))
    with serving(folder) as running:
        yield running


def _focus(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the focus lies on what `selector` names."""
    for _ in range(most):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_declining_product_and_its_partner_are_found_without_a_mouse(chromium: Browser, paired: Live) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(WAIT_MS)
    context.add_cookies([{"name": "tenure_session", "value": paired.tokens["viewer"], "url": paired.address}])
    page = context.new_page()
    page.goto(f"{paired.address}/products")
    settled(page)
    _focus(page, 'a[href="/products?tab=board"]')
    page.keyboard.press("Enter")
    page.locator(".life-column", has_text="Decline").locator("li a").first.wait_for()
    assert violations(page) == []
    _focus(page, '[aria-label="Decline"] li a')
    while page.evaluate("() => document.activeElement.closest('[aria-label=\"Decline\"]') !== null"):
        name = page.evaluate("() => document.activeElement.textContent")
        if name == _declining(paired):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".profile-name")).to_have_text(_declining(paired))
    settled(page)
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        assert violations(page) == []
    _focus(page, "#product-partners td a")
    page.keyboard.press("Enter")
    expect(page.locator(".stage-badge").first).to_have_text("Maturity")
    expect(page).to_have_url(re.compile("/products/P-"))
    context.close()


def _declining(paired: Live) -> str:
    (file,) = (paired.settings.data_dir / "warehouse").glob("tenure-*.duckdb")
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(f"select product_name from marts.products where product_key = ({DECLINING})")
        return str(rows.fetchall()[0][0])
