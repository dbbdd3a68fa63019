"""Front-end files that are put together here: Bootstrap's stylesheet and the icons in use out of installed wheels, our
own as one script and one stylesheet, and a smaller plotly.js where the settings name one. No CDN, no copies.

The route carries the files' fingerprint, so browsers may keep them for ever.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from dashapp.errors import SettingsError
from dashapp.web import scripts

if TYPE_CHECKING:
    from dashapp.services.services import Services

ICONS = (
    "activity", "arrow-clockwise", "arrow-counterclockwise", "arrow-down-short", "arrow-left", "arrow-repeat",
    "arrow-right", "arrow-up-short", "arrows-fullscreen", "award", "bag", "bar-chart", "bar-chart-line", "bell",
    "bookmark", "box",
    "box-arrow-right", "box-arrow-up-right", "box-seam", "calculator", "calendar3", "cart", "cart3",
    "cash-coin", "chat-left-text", "check-circle", "check-circle-fill", "check2", "chevron-down",
    "chevron-left", "chevron-right", "chevron-up", "circle", "circle-half", "clipboard-check", "clipboard-data",
    "clock-history", "cloud-download", "cloud-upload", "coin", "collection", "cpu", "currency-exchange",
    "dash-lg", "database", "diagram-3", "download", "envelope", "exclamation-circle", "exclamation-triangle",
    "eye", "file-earmark-arrow-down", "file-earmark-spreadsheet", "file-text", "filetype-csv", "filetype-xlsx",
    "filter", "fire", "flag", "flag-fill", "funnel", "gear", "gem", "geo-alt", "globe", "graph-down",
    "graph-up", "graph-up-arrow", "grid-3x3", "hash", "hdd", "heart", "heart-pulse", "hourglass-split", "house",
    "image", "inbox", "info-circle", "journal-text", "kanban", "key", "layers", "lightbulb", "lightning",
    "link-45deg", "list", "list-check", "lock", "moon-stars", "pause-circle", "pencil", "people", "percent",
    "person", "person-badge", "person-circle", "person-plus", "pie-chart", "play-circle", "plus", "plus-lg",
    "question-circle", "search", "server", "shield-check", "shield-lock", "shuffle", "slash-circle", "sliders",
    "sort-down", "speedometer", "speedometer2", "stack", "star", "star-fill", "stop-circle", "sun", "table",
    "tag", "tags", "terminal", "three-dots", "three-dots-vertical", "ticket-perforated", "toggles", "trash", "trophy",
    "unlock", "upload", "x", "x-circle", "x-lg",
)  # fmt: skip
"""Names from bootstrap-icons; `basics.icon` takes only these, and a wrong one here stops the start."""


@functools.cache
def _static() -> Path:
    spec = importlib.util.find_spec("flask_bootstrap")
    if spec is None or spec.origin is None:
        raise SettingsError("The package bootstrap-flask is missing.", "Install requirements.txt.")
    return Path(spec.origin).parent / "static" / "bootstrap5"


@functools.cache
def bootstrap_css() -> bytes:
    """Bootstrap's stylesheet without the reference to its source map, which nobody here serves."""
    return re.sub(rb"/\*# sourceMappingURL=.*?\*/", b"", (_static() / "css" / "bootstrap.min.css").read_bytes())


@functools.cache
def icons_css() -> bytes:
    """One rule per icon: a mask that takes the colour of the text. Raises SettingsError for an unknown icon."""
    sprite = (_static() / "icons" / "bootstrap-icons.svg").read_text(encoding="utf-8")
    symbols = dict(re.findall(r'<symbol[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', sprite, flags=re.DOTALL))
    missing = [name for name in ICONS if name not in symbols]
    if missing:
        raise SettingsError(f"bootstrap-icons has no {', '.join(missing)}.", "Correct ICONS in web/vendor.py.")
    return "\n".join(_icon_rule(name, symbols[name]) for name in ICONS).encode()


def _icon_rule(name: str, body: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{" ".join(body.split())}</svg>'
    address = quote(svg, safe=" =:/,.-'")
    return f'.icon-{name}{{--icon:url("data:image/svg+xml,{address}")}}'


@functools.cache
def files(plotly_bundle: str = "") -> dict[str, bytes]:
    """Every file here by name, in loading order. Raises SettingsError for what is no bundle of plotly."""
    plotly = scripts.own_plotly(plotly_bundle)
    return {
        "bootstrap.css": bootstrap_css(),
        "icons.css": icons_css(),
        "tenure.css": scripts.joined(".css"),
        **({"plotly.js": plotly} if plotly else {}),
        "tenure.js": scripts.joined(".js"),
    }


@functools.cache
def fingerprint(plotly_bundle: str = "") -> str:
    """Changes whenever one of the files does."""
    return hashlib.sha256(b"".join(files(plotly_bundle).values())).hexdigest()[:12]


def addresses(suffix: str, plotly_bundle: str = "") -> list[str]:
    """Where the browser finds the files of a kind, in loading order."""
    version = fingerprint(plotly_bundle)
    return [f"/vendor/{version}/{name}" for name in files(plotly_bundle) if name.endswith(suffix)]


def serve(services: Services, version: str, name: str) -> ResponseReturnValue:
    """The view behind `/vendor/<version>/<name>`."""
    bundle = services.settings.plotly_bundle
    if version != fingerprint(bundle) or name not in files(bundle):
        raise NotFound
    return Response(files(bundle)[name], mimetype="text/javascript" if name.endswith(".js") else "text/css")
