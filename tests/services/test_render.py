"""Images: made by one browser in turn, without a network, and with a sentence when there is no browser."""

from __future__ import annotations

import contextlib
import html
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest

from dashapp.errors import RenderFailed
from dashapp.services import render
from dashapp.services.render import Renderer, find_browser, framed, pixels_around, refuse_foreign
from dashapp.settings import Settings

PNG = b"\x89PNG\r\n\x1a\n"


def _figure(n: int, **layout: Any) -> dict[str, Any]:
    margin = {"l": 44, "r": 12, "t": 8, "b": 32}
    return {"data": [{"type": "bar", "x": list(range(n)), "y": [1] * n}], "layout": {"margin": margin} | layout}


def _size(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    return struct.unpack(">II", png[16:24])


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def renderer(settings: Settings) -> Iterator[Renderer]:
    try:
        find_browser(settings)
    except RenderFailed as error:
        pytest.skip(error.message)
    renderer = Renderer(settings)
    yield renderer
    renderer.close()


@pytest.mark.browser
@pytest.mark.slow
class TestWithABrowser:
    def test_an_image_has_the_size_asked_for(self, renderer: Renderer) -> None:
        image = renderer.png(framed(_figure(3), "Title", "All customers · as of 30 Jun 2024", {}), 300)
        assert _size(image) == (render.WIDTH * render.SCALE, 300 * render.SCALE)

    def test_images_asked_for_at_once_are_never_mixed_up(self, renderer: Renderer) -> None:
        heights = [200 + 10 * n for n in range(8)]
        alone = [renderer.png(_figure(n + 1), height) for n, height in enumerate(heights)]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda n: renderer.png(_figure(n + 1), heights[n]), range(8)))
        assert together == alone
        assert len(set(alone)) == 8

    def test_a_browser_that_died_is_replaced_within_the_same_request(self, renderer: Renderer) -> None:
        first = renderer.png(_figure(2), 200)
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # it went with its parent
                if "chrom" in child.name():  # not what other tests of this process still need
                    child.kill()
        assert renderer.png(_figure(2), 200) == first

    def test_a_browser_that_hangs_is_given_up_with_a_sentence(self, settings: Settings, tmp_path: Path) -> None:
        script = tmp_path / "hangs"
        script.write_text("#!/bin/sh\nexec sleep 60\n")
        script.chmod(0o700)
        renderer = Renderer(Settings(data_dir=tmp_path, chromium_path=str(script)), timeout_seconds=2)
        before = {child.pid for child in psutil.Process().children(recursive=True)}
        with pytest.raises(RenderFailed, match="did not answer"):
            renderer.png(_figure(1), 200)
        assert {child.pid for child in psutil.Process().children(recursive=True)} <= before

    def test_nothing_in_a_figure_reaches_a_server(
        self, renderer: Renderer, canary: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address, hits = canary
        monkeypatch.setattr(render, "refuse_foreign", lambda figure: None)  # the second wall alone must hold
        image = {"source": f"{address}/image.png", "x": 0, "y": 1, "sizex": 1, "sizey": 1}
        label = f'<a href="{address}/link">x</a><img src="{address}/tag.png">'
        figure = _figure(2, images=[image], title={"text": label}, font={"family": f"url({address}/font)"})
        assert _size(renderer.png(figure, 200))
        geo = {"type": "choropleth", "geojson": f"{address}/areas.json", "locations": ["a"], "z": [1]}
        with contextlib.suppress(RenderFailed):  # without its areas the map cannot be drawn
            renderer.png({"data": [geo], "layout": {}}, 200)
        assert hits == []


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that remembers who came."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", hits
        server.shutdown()


@pytest.mark.parametrize(
    "figure",
    [
        _figure(1, images=[{"source": "http://127.0.0.1/x.png"}]),
        _figure(1, images=[{"source": "file:///etc/passwd"}]),
        _figure(1, map={"style": "https://tiles.example.org/style.json"}),
        {"data": [{"type": "choropleth", "geojson": "https://example.org/areas.json"}], "layout": {}},
    ],
)
def test_a_figure_that_would_load_something_is_refused_before_the_browser(figure: dict[str, Any]) -> None:
    with pytest.raises(RenderFailed, match="outside"):
        refuse_foreign(figure)


def test_pictures_inside_the_figure_are_fine() -> None:
    refuse_foreign(_figure(1, images=[{"source": "data:image/png;base64,AAAA"}]))


def test_an_image_says_below_what_its_figure_means() -> None:
    meaning = "Residual value <b>of</b> every customer. " * 8
    layout = framed(_figure(1), "A", "All", {}, meaning)["layout"]
    lines = layout["annotations"][-1]["text"].split("<br>")
    assert " ".join(lines) == html.escape(meaning.strip())
    assert max(len(html.unescape(line)) for line in lines) <= 140
    assert layout["margin"]["b"] - layout["annotations"][-1]["yshift"] * -1 == 10
    assert pixels_around(meaning) - pixels_around("") >= 16 * len(lines) > 16


def test_words_from_data_cannot_become_markup_of_the_title() -> None:
    words = framed(_figure(1), "A <b>title", "country <a href='x'>", {})["layout"]["title"]["text"]
    assert "&lt;b&gt;title" in words
    assert "<a" not in words


def test_without_a_browser_the_reader_is_told_what_to_do(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, chromium_path=str(tmp_path / "nothing-here"))
    with pytest.raises(RenderFailed, match="is not a program") as caught:
        Renderer(settings).png(_figure(1), 200)
    assert "TENURE_CHROMIUM_PATH" in caught.value.hint
