"""From a file nobody has seen to a published snapshot, as an operator does it in a browser."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashapp import serve
from dashapp.settings import Settings
from dashapp.store import deliveries
from tests.browser.conftest import Live, wait_for_server
from tests.web.conftest import settle

JOB_MS = 180_000
"Looking, checking and importing run in processes of their own, on a machine that may be busy."
HEADER = "Bestellnummer;Bestelldatum;Kundennummer;Artikelnummer;Bezeichnung;Menge;Einzelpreis;Land"
BAD = (
    "9001;31.02.2024;K1;A1;Tasse;1;4,50;Deutschland",
    "9002;;K2;A2;Kanne;1;19,90;Deutschland",
    "9003;01.08.2024;K3;A3;Teller;zwei;9,90;Deutschland",
)


def german_orders(people: int = 60, first: int = 0) -> str:
    """Order lines as a German till writes them: semicolons, decimal commas, dd.mm.yyyy; three rows are wrong."""
    luck, lines = random.Random(7), []
    for person in range(people):
        day = date(2023, 1, 5) + timedelta(days=luck.randrange(200))
        for _ in range(luck.randrange(1, 9)):
            article = luck.randrange(1, 12)
            price = f"{article * 119:,.2f}".replace(",", "x").replace(".", ",").replace("x", ".")
            number = first + len(lines) + 1
            lines.append(f"{number};{day:%d.%m.%Y};K{person};A{article};Käsemesser {article};1;{price};Österreich")
            day += timedelta(days=luck.randrange(5, 90))
    return "\n".join([HEADER, *lines, *BAD]) + "\n"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Web server and worker of an installation without data."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(data_dir=tmp_path_factory.mktemp("import"), port=port)
    _, tokens = settle(settings)
    environment = os.environ | {"TENURE_DATA_DIR": str(settings.data_dir), "TENURE_PORT": str(port)}
    commands = (serve.web_command(settings), ["-m", "dashapp", "worker"])
    family = [_started(command, environment) for command in commands]
    try:
        wait_for_server(serve.address(settings), family[0])
        yield Live(serve.address(settings), tokens, settings)
    finally:
        for process in family:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def _started(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    guarded = [sys.executable, "-m", "dashapp.services.guard", sys.executable, *command]
    return subprocess.Popen(
        guarded,
        cwd=serve.ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )


def heading(page: Page, text: str) -> None:
    expect(page.locator(".import-steps .is-present", has_text=text)).to_be_visible(timeout=JOB_MS)


def test_an_unknown_german_file_becomes_a_snapshot_and_the_next_one_is_undone_and_brought_back(
    open_page: Callable[..., Page], live: Live, tmp_path: Path
) -> None:
    _first_import(open_page, tmp_path)
    _undone_and_brought_back(open_page, live, tmp_path)


def _first_import(open_page: Callable[..., Page], tmp_path: Path) -> None:
    file = tmp_path / "Bestellungen März.csv"
    file.write_text(german_orders(), encoding="cp1252")
    page = open_page("/", role="operator")
    page.get_by_role("link", name="Import a file").click()
    page.locator("#import-file").set_input_files(file)
    heading(page, "Look at it")
    page.get_by_role("link", name="Match columns").click(timeout=JOB_MS)
    _match(page)
    page.get_by_role("link", name="Go on to the import").wait_for(timeout=JOB_MS)
    expect(page.get_by_label("Rows", exact=True)).to_contain_text("Rows refused3")
    _mend(page)
    expect(page.get_by_label("Rows", exact=True)).to_contain_text("Rows refused2")
    page.get_by_text("Examples").first.click()
    expect(page.get_by_text("Bestellnummer: 9001").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    assert "31.02.2024" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("link", name="Go on to the import").click()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("link", name="See how the shop does").wait_for(timeout=JOB_MS)
    expect(page.locator(".freshness")).to_contain_text("Data to 21 Sep 2024")  # said where the import was watched
    page.get_by_role("link", name="See how the shop does").click()
    expect(page.locator(".page-head")).to_contain_text("Data to 21 Sep 2024")
    page.get_by_role("link", name="Home").click()
    expect(page.locator(".narrative")).to_contain_text("Kanne & Co sold")


def _mend(page: Page) -> None:
    """A text is given a meaning; it is still there after a reload."""
    page.get_by_label("zwei is read as").fill("2")
    page.get_by_role("button", name="Apply and check again").click()
    page.get_by_text("2 rows would be refused, before 3.").wait_for(timeout=JOB_MS)
    page.reload()
    expect(page.get_by_label("zwei is read as")).to_have_value("2", timeout=JOB_MS)


def _match(page: Page) -> None:
    """Nothing is lost by a reload; what only a person can say is said."""
    heading(page, "Match columns")
    page.get_by_label("What Bestelldatum is").wait_for()
    expect(page.get_by_label("What Bestelldatum is")).to_have_value("ordered_at")
    expect(page.get_by_label("What Einzelpreis is")).to_have_value("unit_price")
    expect(page.get_by_label("What Artikelnummer is")).to_have_value("product_id")
    page.get_by_label("Western European, Windows").check()
    page.get_by_label("EUR, Euro").check()
    page.get_by_label("Shop").fill("Kanne & Co")
    page.get_by_label("Shop").press("Tab")
    page.locator("#import-problems", has_text="Everything that is needed is there.").wait_for(timeout=JOB_MS)
    page.reload()
    page.locator("#import-problems", has_text="Everything that is needed is there.").wait_for(timeout=JOB_MS)
    expect(page.get_by_label("Shop")).to_have_value("Kanne & Co")
    page.get_by_role("button", name="Check the file").click()
    heading(page, "Check")


def _undone_and_brought_back(open_page: Callable[..., Page], live: Live, tmp_path: Path) -> None:
    """The second import: there is nothing to go back to after the first one."""
    file = tmp_path / "Nachtrag.csv"
    file.write_text(german_orders(people=3, first=20_000), encoding="cp1252")
    page = open_page("/import", role="operator")
    page.locator("#import-file").set_input_files(file)
    page.get_by_role("link", name="Match columns").click(timeout=JOB_MS)
    _match(page)
    page.get_by_role("link", name="Go on to the import").click(timeout=JOB_MS)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("Undo this import").click(timeout=JOB_MS)
    assert deliveries.read(live.settings.folder("lake")).current == 2
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("heading", name="Undone").wait_for(timeout=JOB_MS)
    assert deliveries.read(live.settings.folder("lake")).current == 1
    page.get_by_role("link", name="Import another file").click()
    page.get_by_text("Back to an earlier version").click()
    page.get_by_role("button", name="Back to this version").click()
    page.get_by_text("Version 2 of the data is in force").wait_for(timeout=JOB_MS)
    assert deliveries.read(live.settings.folder("lake")).current == 2
