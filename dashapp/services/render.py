"""Charts as images and pages as PDF, made by one browser that serves one request at a time and can reach no network.

The browser lives in dashapp/services/render_process.py, started when first needed and gone with this process. Kaleido's
own shared server hands figures of one thread to another (58 of 72 were mixed), hence one process behind one lock.
"""

from __future__ import annotations

import contextlib
import html
import os
import selectors
import shlex
import shutil
import struct
import subprocess
import sys
import textwrap
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import psutil

import dashapp
from dashapp.charts.chart import Figure
from dashapp.errors import RenderFailed
from dashapp.settings import Settings

WIDTH, SCALE = 1000, 2
"Pixels, and device pixels per pixel."
TITLE_PIXELS = 72
LINE_PIXELS, LINE_LETTERS = 16, 140
"Of the definition below: height, and letters that fit into WIDTH."
TIMEOUT_SECONDS = 30.0
CLOSE_SECONDS = 8.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_NETWORK = ("--proxy-server=127.0.0.1:1", "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND")
"A proxy that does not exist, for this machine's own addresses too, and names that do not resolve."

_FETCHED = {"source", "style", "geojson", "topojsonURL", "src", "href", "url", "tiles"}
"Figure keys whose text a browser would load."
_LENGTH = struct.Struct(">Q")
_PACKAGE_PARENT = Path(dashapp.__file__).resolve().parents[1]


class Renderer:
    """The one browser of this process. Threads wait for each other."""

    def __init__(self, settings: Settings, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._settings = settings
        self._timeout = timeout_seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def png(self, figure: Figure, height: int) -> bytes:
        """The figure as a PNG file. Raises RenderFailed."""
        return self._drawn(figure, {"format": "png", "width": WIDTH, "height": height, "scale": SCALE})

    def svg(self, figure: Figure, width: int, height: int) -> str:
        """The figure as an SVG element, for a page. Raises RenderFailed."""
        return self._drawn(figure, {"format": "svg", "width": width, "height": height, "scale": 1}).decode()

    def pdf(self, page: str, footer: str) -> bytes:
        """An HTML page as a tagged PDF; `footer` is HTML for the foot of every sheet. No script of it runs."""
        return self._made({"page": page, "footer": footer})

    def _drawn(self, figure: Figure, options: dict[str, Any]) -> bytes:
        refuse_foreign(figure)
        return self._made({"figure": figure, "options": options})

    def _made(self, wanted: dict[str, Any]) -> bytes:
        order = orjson.dumps(wanted, option=orjson.OPT_SERIALIZE_NUMPY)
        if not self._turn.acquire(timeout=self._timeout):
            raise RenderFailed("Other images are still being made.", "Try again in a moment.")
        try:
            return self._twice(order)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let the browser end; the next image starts another."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self._process.stdin.close()
                self._process.wait(CLOSE_SECONDS)
        self._discard()

    def _discard(self) -> None:
        """Be rid of a browser that hangs or is gone, with everything it started."""
        process, self._process = self._process, None
        if process is None:
            return
        for child in _descendants(process.pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _twice(self, order: bytes) -> bytes:
        """A browser may hang, or die alone or with its process; a fresh one gets the same order once more."""
        try:
            return self._exchange(order)
        except (OSError, EOFError, RenderFailed):
            self._discard()
        try:
            return self._exchange(order)
        except (OSError, EOFError) as error:
            self._discard()
            raise RenderFailed("The image could not be made: the browser did not answer.", "Try again.") from error

    def _exchange(self, order: bytes) -> bytes:
        if self._process is None or self._process.poll() is not None:
            self._discard()
            self._process = self._start()
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(_LENGTH.pack(len(order)) + order)
        stdin.flush()
        deadline = time.monotonic() + self._timeout
        (length,) = _LENGTH.unpack(_read(stdout.fileno(), _LENGTH.size, deadline))
        answer = _read(stdout.fileno(), length, deadline)
        if answer[:1] != b"+":
            raise RenderFailed("The image could not be made.", answer[1:].decode())
        return answer[1:]

    def _start(self) -> subprocess.Popen[bytes]:
        browser = wrapped_browser(self._settings)
        return subprocess.Popen(
            [sys.executable, "-m", "dashapp.services.render_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_PACKAGE_PARENT,
            env=os.environ | {"BROWSER_PATH": str(browser)},
            start_new_session=True,
        )


@cache
def shared(settings: Settings) -> Renderer:
    """The renderer of this process."""
    return Renderer(settings)


def framed(figure: Figure, title: str, subtitle: str, template: dict[str, Any], definition: str = "") -> Figure:
    """The figure on white with its words on it, so that the image explains itself wherever it is pasted."""
    words = f"<b>{html.escape(title)}</b><br><span style='font-size:13px'>{html.escape(subtitle)}</span>"
    layout = figure.get("layout", {})
    margin = layout.get("margin", {})
    below = margin.get("b", 32) + pixels_around(definition) - TITLE_PIXELS
    left = margin.get("l", 44) + 12
    return figure | {
        "layout": layout
        | {
            "template": template,
            "paper_bgcolor": "#FFFFFF",
            "plot_bgcolor": "#FFFFFF",
            "margin": margin | {"t": margin.get("t", 0) + TITLE_PIXELS, "l": left, "r": 24} | {"b": below},
            "annotations": [*layout.get("annotations", ()), *_foot(definition, below, left)],
            "title": {"text": words, "x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 20, "t": 20}}
            | {"y": 1, "yref": "container", "yanchor": "top", "font": {"size": 18}, "automargin": False},
        }
    }


def pixels_around(definition: str) -> int:
    """What an image needs beyond its figure, in pixels: the title above, the definition below."""
    lines = len(_lines(definition))
    return TITLE_PIXELS + (LINE_PIXELS * lines + 16 if lines else 0)


def _foot(definition: str, below: int, left: int) -> list[dict[str, Any]]:
    """What the figure means, along the lower edge of margins of `below` and `left` pixels, under the title."""
    words = "<br>".join(html.escape(line) for line in _lines(definition))
    place = {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": 20 - left,
    }
    look = {"yshift": 10 - below, "showarrow": False, "align": "left", "font": {"size": 12}}
    return [{"text": words} | place | look] if words else []


def _lines(definition: str) -> list[str]:
    return textwrap.wrap(definition, LINE_LETTERS)


def refuse_foreign(value: Any, key: str = "") -> None:
    """Raise RenderFailed for a figure with anything in it that a browser would load from elsewhere."""
    if isinstance(value, dict):
        for name, item in value.items():
            refuse_foreign(item, name)
    elif isinstance(value, (list, tuple)):
        for item in value:
            refuse_foreign(item, key)
    elif isinstance(value, str) and key in _FETCHED and not value.startswith("data:"):
        raise RenderFailed("The chart asks for something outside of it.", f"Remove {key!r} from the figure.")


def find_browser(settings: Settings) -> Path:
    """The Chromium to draw with. Raises RenderFailed when there is none."""
    named = settings.chromium_path
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RenderFailed(
            f"This server cannot make images: {f'{named} is not a program' if named else 'no Chromium was found'}.",
            "Install Chromium or set TENURE_CHROMIUM_PATH; the chart's menu can save an image in your own browser.",
        )
    return Path(found)


def wrapped_browser(settings: Settings) -> Path:
    """A private script that starts the browser without a network, because Kaleido takes a path but no arguments."""
    words = [str(find_browser(settings))]
    flags = " ".join(map(shlex.quote, NO_NETWORK))
    script = settings.folder("cache") / "chromium-offline"
    content = f'#!/bin/sh\nexec {shlex.join(words)} "$@" {flags}\n'
    if not script.exists() or script.read_text() != content:
        fresh = script.with_suffix(f".{os.getpid()}")
        fresh.write_text(content)
        fresh.chmod(0o700)
        fresh.replace(script)
    return script


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
        return found
    except psutil.NoSuchProcess:
        return []


def _read(source: int, size: int, deadline: float) -> bytes:
    """Exactly `size` bytes. Raises EOFError when the other side is gone, TimeoutError (an OSError) when it is late."""
    parts, missing = [], size
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        while missing:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError("the browser is late")
            part = os.read(source, min(missing, 1 << 20))
            if not part:
                raise EOFError("the browser is gone")
            parts.append(part)
            missing -= len(part)
    return b"".join(parts)
