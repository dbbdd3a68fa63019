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
from playwright.sync_api import FileChooser, Page, expect

from dashapp import serve
from dashapp.settings import Settings
from dashapp.store import deliveries
from tests.browser.conftest import Live, wait_for_server
from tests.browser.test_tasks import Hands
from tests.web.conftest import PASSWORD, settle

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
    page.wait_for_load_state("networkidle")
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


def test_from_the_sign_in_form_to_a_published_snapshot_with_the_keyboard_alone(
    open_page: Callable[..., Page], live: Live, tmp_path: Path
) -> None:
    file, before = tmp_path / "Filiale.csv", deliveries.read(live.settings.folder("lake")).current
    file.write_text(german_orders(people=40, first=40_000), encoding="cp1252")
    hands = _signed_in(open_page("/import", role=""))
    _arrives_at_the_field(hands)
    hands.press("Tab", "Enter")  # past the navigation
    expect(hands.page.locator("#main")).to_be_focused()
    hands.tab_to("#import-file")  # past what the head says of failed checks, if any did
    _choose(hands, file)
    _step(hands, "Look at it")
    _go_on(hands, "Match columns")
    _step(hands, "Match columns")
    _match_by_keys(hands)
    _step(hands, "Check")
    _go_on(hands, "Go on to the import")
    _step(hands, "Import")
    hands.page.get_by_role("button", name="Import", exact=True).wait_for()
    hands.press("Tab", "Enter")
    expect(hands.page.locator(".import-step")).to_be_focused()  # the button went, the focus did not
    _go_on(hands, "See how the shop does")
    hands.arrives("Overview")
    assert deliveries.read(live.settings.folder("lake")).current == before + 1


def test_a_key_leads_to_the_import_and_one_more_to_its_field(open_page: Callable[..., Page]) -> None:
    hands = _signed_in(open_page("/", role=""))
    hands.arrives("Home")
    hands.press("g", "i")
    _arrives_at_the_field(hands)
    hands.press("Tab")
    expect(hands.page.locator("#import-file")).to_be_focused()
    hands.press("g", "h")
    hands.arrives("Home")
    hands.jump("Import a file")


def _signed_in(page: Page) -> Hands:
    expect(page.get_by_label("User name")).to_be_focused()
    hands = Hands(page)
    hands.type("operator")
    hands.press("Tab")
    hands.type(PASSWORD)
    hands.press("Enter")
    return hands


def _arrives_at_the_field(hands: Hands) -> None:
    """Nobody presses Tab for a field that is not drawn yet."""
    hands.arrives("Import a file")
    hands.page.locator("#import-file").wait_for()


def _choose(hands: Hands, file: Path) -> None:
    """The field has the focus; which file it is, is said in a window of the system, where no test can type."""
    asked: list[FileChooser] = []
    hands.page.on("filechooser", lambda chooser: asked.append(chooser))
    expect(hands.page.locator("#import-file")).to_be_focused()
    hands.press("Enter")
    while not asked:
        hands.page.wait_for_timeout(50)
    asked[0].set_files(file)


def _step(hands: Hands, title: str) -> None:
    """It is there, and the focus lies where it begins."""
    heading(hands.page, title)
    expect(hands.page.locator(".import-step")).to_be_focused(timeout=JOB_MS)


def _go_on(hands: Hands, label: str) -> None:
    """The way on is the first thing after the beginning of the step."""
    hands.page.locator(".import-step").get_by_role("link", name=label).wait_for(timeout=JOB_MS)
    hands.press("Tab")
    expect(hands.page.locator(":focus")).to_have_text(label)
    hands.press("Enter")


def _match_by_keys(hands: Hands) -> None:
    page = hands.page
    page.get_by_label("What Bestelldatum is").wait_for()
    hands.press("Tab", "Enter")
    expect(page.locator("#import-check")).to_be_focused()  # past the form, where nothing is left to say
    while page.evaluate("document.activeElement.id") != "import-entity":
        hands.press("Shift+Tab")
    for answer in ("cp1252", "EUR"):
        hands.tab_to(f'input[id$="_{answer}"]')
        hands.press("Space")
        expect(page.locator(":focus")).to_be_checked()
    hands.tab_to("#import-shop")
    hands.press("Control+a")
    hands.type("Kanne & Co")
    hands.press("Tab")
    page.locator("#import-problems", has_text="Everything that is needed is there.").wait_for(timeout=JOB_MS)
    hands.tab_to("#import-check")
    hands.press("Enter")
