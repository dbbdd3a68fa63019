"""A page as a PDF: an HTML page rendered here, its charts as vectors, printed by the browser that draws all images.

Runs in a process of its own (services/compute_process.py); what the cards say was decided by the web, in plain JSON.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import escape

from dashapp.charts.kit import theme
from dashapp.services import export_files
from dashapp.services.render import Renderer
from dashapp.settings import Settings

FUNCTION = "dashapp.services.page_pdf:make"
"As a computation names it."
WIDTH = 900
"Pixels of a chart; the page scales it to the paper."
FOOT = (
    '<div style="font:7px sans-serif;color:#525d70;width:100%;padding:0 14mm;display:flex;'
    'justify-content:space-between"><span>{stamp}</span><span>Page <span class="pageNumber"></span> of '
    '<span class="totalPages"></span></span></div>'
)


class Telling(Protocol):
    """Hears how far the work is."""

    def step(self, name: str, fraction: float, message: str = "") -> None: ...


def make(arguments: dict[str, Any], progress: Telling, settings: Settings) -> dict[str, Any]:
    """Print `document` for the account `owner` and keep it under `name`. Answers with the id of the file.

    Raises RenderFailed without a browser.
    """
    document = arguments["document"]
    renderer = Renderer(settings)
    try:
        cards = _drawn(document["cards"], renderer, progress)
        progress.step("Printing", 0.9)
        content = renderer.pdf(page(document | {"cards": cards}), FOOT.format(stamp=escape(document["stamp"])))
    finally:
        renderer.close()
    kept = export_files.keep(settings, arguments["owner"], arguments["name"], content)
    return {"id": kept.id, "name": kept.name, "bytes": kept.bytes}


def page(document: dict[str, Any]) -> str:
    """The HTML of a document whose cards are drawn; every text in it is text, never markup."""
    return _template().render(document)


def _drawn(cards: list[dict[str, Any]], renderer: Renderer, progress: Telling) -> list[dict[str, Any]]:
    drawn = []
    for done, card in enumerate(cards):
        progress.step("Drawing", 0.1 + 0.8 * done / len(cards), card["title"])
        drawn.append(card | {"svg": _vector(card, renderer) if card["figure"] else ""})
    return drawn


def _vector(card: dict[str, Any], renderer: Renderer) -> str:
    layout = card["figure"].get("layout", {}) | {
        "template": theme.template("light"),
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
    }
    return renderer.svg(card["figure"] | {"layout": layout}, WIDTH, card["height"])


@cache
def _template() -> Template:
    loader = PackageLoader("dashapp.services", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("page.html")
