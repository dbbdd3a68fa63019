"""The real application in its own process, and Chromium. Anything a browser complains about fails the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dashapp import serve
from dashapp.settings import Settings
from tests.web.conftest import settle

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
POLICY_LISTENER = """document.addEventListener('securitypolicyviolation',
    (event) => console.error('content policy', event.violatedDirective, event.blockedURI))"""
START_SECONDS = 90
WAIT_MS = 30_000
"The machine may be busy; a page that never comes still fails."


expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every browser test is slow; all of them share one server and one browser (tests/conftest.py)."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@dataclass
class Live:
    """A running application."""

    address: str
    tokens: dict[str, str]
    settings: Settings


@pytest.fixture(scope="session")
def live(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The application under gunicorn on a free port, on the sample snapshot."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "warehouse").symlink_to(sample_warehouse.data_dir / "warehouse")
    with serving(folder) as running:
        yield running


@contextmanager
def serving(folder: Path) -> Iterator[Live]:
    """The application under gunicorn on the data directory `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(data_dir=folder, port=port)
    _, tokens = settle(settings)
    command = [sys.executable, "-m", "dashapp.services.guard", sys.executable, *serve.web_command(settings)]
    environment = os.environ | {"TENURE_DATA_DIR": str(folder), "TENURE_PORT": str(port)}
    with subprocess.Popen(
        command, cwd=serve.ROOT, env=environment, stdin=subprocess.PIPE, start_new_session=True
    ) as server:
        wait_for_server(serve.address(settings), server)
        yield Live(serve.address(settings), tokens, settings)
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)


def wait_for_server(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not start")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium on this machine; install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """Open a path as a role in a fresh browser profile. Complaints are checked when the test ends."""
    contexts, complaints = [], []

    def open_at(path: str, role: str = "admin", theme: str = "light", width: int = 1440, height: int = 900) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        if role:
            context.add_cookies([{"name": "tenure_session", "value": live.tokens[role], "url": live.address}])
        context.add_init_script(
            f"if (!localStorage.getItem('tenure-theme')) localStorage.setItem('tenure-theme', '{theme}')"
        )
        page = context.new_page()
        _listen(page, live.address, complaints)
        page.goto(live.address + path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture(scope="module")
def used_tab(chromium: Browser, live: Live) -> Iterator[tuple[Page, list[str]]]:
    """One tab of the administrator for the tests of a module, and what it complains of."""
    complaints: list[str] = []
    with chromium.new_context(reduced_motion="reduce") as context:
        context.set_default_timeout(WAIT_MS)
        context.add_cookies([{"name": "tenure_session", "value": live.tokens["admin"], "url": live.address}])
        page = context.new_page()
        _listen(page, live.address, complaints)
        page.goto(live.address)
        yield page, complaints


@pytest.fixture
def open_again(used_tab: tuple[Page, list[str]], live: Live) -> Iterator[Callable[..., Page]]:
    """Open a path in the tab of the tests before, which has forgotten what they kept but not the scripts it compiled:
    those are half of the time that a page takes in a fresh profile. For tests that only look.
    """
    page, complaints = used_tab

    def open_at(path: str, theme: str = "light", width: int = 1440, height: int = 900) -> Page:
        page.evaluate("sessionStorage.clear(); localStorage.clear()")
        page.evaluate(f"localStorage.setItem('tenure-theme', '{theme}')")
        page.set_viewport_size({"width": width, "height": height})
        page.goto(live.address + path)
        return page

    yield open_at
    assert not complaints


def _listen(page: Page, address: str, complaints: list[str]) -> None:
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:", "blob:")) else complaints.append(request.url),
    )
    page.add_init_script(POLICY_LISTENER)


def settled(page: Page) -> Page:
    """Wait until the page is drawn: content there, nothing loading, every chart drawn or explained."""
    page.wait_for_selector("#main h1")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "() => Object.values(window.dash_stores[0].getState().loading).every((asked) => !asked.length)"
        " && !document.querySelector('.is-waiting')"
        " && !document.title.startsWith('Updating')"
        " && !document.querySelector('.dash-graph--pending')"
    )
    page.wait_for_timeout(300)
    return page
