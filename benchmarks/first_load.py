"""What a browser that was never here transfers until the Overview is drawn, packed as it travels, in Chromium.

With a smaller file of plotly.js in TENURE_PLOTLY_BUNDLE the promise is 1.0 MB, without it 1.9 MB.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.harness import Benchmark, Measured, Promise
from benchmarks.redraw import prepared, serving
from dashapp import serve
from dashapp.settings import Settings

WHOLE_MB, SMALL_MB = 1.9, 1.0


def run(n: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        settings, _ = prepared(Path(folder))
        megabytes, requests, seconds = _load(settings)
    goal = SMALL_MB if settings.plotly_bundle else WHOLE_MB
    promise = Promise(f"megabytes of {requests} requests", megabytes, goal, at_least=False)
    return Measured(n, {"until the network is idle": seconds}, (promise,))


def _load(settings: Settings) -> tuple[float, int, float]:
    """Megabytes, requests and seconds of a first load."""
    sizes: list[int] = []
    with serving(settings) as token, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "tenure_session", "value": token, "url": serve.address(settings)}])
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        page.goto(serve.address(settings) + "/overview")
        page.wait_for_selector(".chart-card.is-drawn")
        page.wait_for_load_state("networkidle")
        seconds = page.evaluate("() => performance.now()") / 1000
        browser.close()
    travelled = [size for size in sizes if size]
    return sum(travelled) / 1e6, len(travelled), seconds


BENCHMARK = Benchmark("first_load", "megabytes until the Overview is drawn for the first time", 1, run)
