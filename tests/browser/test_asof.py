"""A reader goes back in time in the browser: the figures change, every link stays there, and one click comes back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from dashapp.settings import Settings
from tests.browser.conftest import Live, serving, settled
from tests.web.test_asof import add_snapshots

Open = Callable[..., Page]
SALES = "#overview-net_sales-body .kpi-value"


@pytest.fixture(scope="module")
def live(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The application on three snapshots that differ."""
    folder = tmp_path_factory.mktemp("past")
    shutil.copytree(sample_warehouse.data_dir / "warehouse", folder / "warehouse")
    add_snapshots(Settings(data_dir=folder))
    with serving(folder) as running:
        yield running


def test_the_past_stays_with_every_link_until_one_goes_back(open_page: Open) -> None:
    page = settled(open_page("/overview?range=all"))
    now = page.locator(SALES).inner_text()
    page.locator(".as-of > summary").click()
    page.locator('.as-of a[data-as-of="1"]').click()
    page.locator(".as-of-banner").wait_for()
    then = settled(page).locator(SALES).inner_text()
    assert then != now
    assert re.search(r"range=all.*as_of=1", page.url)
    page.locator("#nav-segments").click()
    page.locator("h1", has_text="Segments").wait_for()
    expect(page.locator(".as-of-banner")).to_contain_text("You see the data as published on")
    assert "as_of=1" in page.url
    page.locator("#nav-customers").click()
    page.locator("h1", has_text="Customers").wait_for()
    with page.expect_download() as download:
        page.locator('a[href^="/export/customers.zip"]').click()
    assert "snapshot-1" in download.value.suggested_filename
    page.locator("#nav-overview").click()
    page.locator("h1", has_text="Overview").wait_for()
    assert settled(page).locator(SALES).inner_text() == then
    page.locator(".as-of-banner a").click()
    expect(page.locator(".as-of-banner")).to_have_count(0)
    assert "as_of" not in page.url
    assert settled(page).locator(SALES).inner_text() == now


def test_a_snapshot_that_is_kept_no_more_is_a_sentence_with_a_way_out(open_page: Open) -> None:
    page = open_page("/trust?as_of=77")
    expect(page.locator(".as-of-banner")).to_contain_text("Snapshot 77 is not kept. Kept: 1, 2, 3.")
    page.locator(".as-of-banner a").click()
    expect(page.locator(".as-of-banner")).to_have_count(0)
