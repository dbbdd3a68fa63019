"""What a page starts with: our own files as one each of script and style, and of Dash's only what every page needs.

Sixty small files cost sixty requests; the grid, which two pages have, and a polyfill for browsers of 2017, which also
makes `trim` slow, were a sixth of the first load (docs/adr/0016).
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import dash_ag_grid
from dash import _dash_renderer, dash_table
from plotly.offline import get_plotlyjs_version

from dashapp.errors import SettingsError

ASSETS = Path(__file__).resolve().parents[2] / "assets"
APART = ("00-theme.js", "40-sign-in.css")
"Of the assets: what the head and the pages without Dash load by name."
GRID = Path(dash_ag_grid.__file__).with_name("dash_ag_grid.min.js")
_VERSION = re.compile(r"plotly\.js \([a-z -]+\) v(\d+\.\d+\.\d+)")


def asset(name: str) -> str:
    """The address of one asset, which changes with the file."""
    return f"/assets/{name}?m={int((ASSETS / name).stat().st_mtime)}"


def grid() -> str:
    """The address of the grid's script, which assets/50-grid.js loads for the first grid."""
    return f"/_dash-component-suites/dash_ag_grid/{GRID.name}?m={int(GRID.stat().st_mtime)}"


@functools.cache
def joined(suffix: str) -> bytes:
    """All assets of a kind as one file, in the order of their names."""
    paths = sorted(path for path in ASSETS.glob(f"*{suffix}") if path.name not in APART)
    between = b"\n;\n" if suffix == ".js" else b"\n"
    return between.join(path.read_bytes() for path in paths)


def own_plotly(path: str) -> bytes:
    """The file of plotly.js that the settings name instead of the whole one; empty where none is.

    Raises SettingsError where it is not the version that draws on the server.
    """
    if not path:
        return b""
    try:
        content = Path(path).expanduser().read_bytes()
    except OSError as error:
        raise SettingsError(f"plotly_bundle {path} cannot be read: {error.strerror}.", "Correct the path.") from error
    found = _VERSION.search(content[:2000].decode("utf-8", "replace"))
    wanted = get_plotlyjs_version()
    if not found or found.group(1) != wanted:
        raise SettingsError(
            f"plotly_bundle {path} is {'plotly.js ' + found.group(1) if found else 'no plotly.js'}.",
            f"Use plotly-cartesian.min.js of plotly.js-cartesian-dist-min {wanted}, or leave the setting empty.",
        )
    return content


def lean() -> None:
    """Take out of Dash's list what a page can do without at its start. Doing it twice is as good as once."""
    for part in (*dash_ag_grid._js_dist, *dash_table._js_dist):  # type: ignore[attr-defined]
        if "async" not in part:
            part["dynamic"] = True  # served when asked for, named on no page
    for part in _dash_renderer._js_dist_dependencies:
        names: dict[str, list[str]] = part["relative_package_path"]
        names["prod"] = [name for name in names["prod"] if "polyfill" not in name]
