"""Which colour means what. Series take theirs by position from the template, so a theme switch needs no server.

tests/charts/test_colours.py measures them: series have at least 3:1 on their surface and CIEDE2000 of at least 12
between any two, also for the colour-blind. Segments do not, so their marks have an outline and a name beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashapp import written

FONT = "Inter, system-ui, -apple-system, 'Segoe UI', sans-serif"
COMPARISON = "#8A94A6"
"Earlier period, markers and notes: 3.1:1 on white, 5.7:1 on the dark surface."

MEASURE = "#4F7BE0"
"Bars of different measures that are no series of each other: 4.0:1 on white, 4.4:1 on the dark surface."

SEGMENT_COLORS = {
    "Champions": "#183484",
    "Loyal": "#2347AE",
    "Active": "#4069DB",
    "Promising": "#A9C2FB",
    "New": "#D3E0FF",
    "Needs attention": "#F7D9A8",
    "Almost lost": "#F2C078",
    "At risk": "#EBA45C",
    "Previously loyal": "#8C5A2B",
    "Dormant": "#C9CFDA",
}
"Ordered families instead of ten hues; the name is always printed beside the colour."


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance."""

    series: tuple[str, ...]
    surface: str
    ink: str
    ink_2: str
    border: str


LIGHT = Theme(
    ("#2F5BD8", "#DE6F10", "#418364", "#9B638A", "#5296D8", "#671B6D"), "#FFFFFF", "#1A2233", "#525D70", "#DFE3EA"
)
DARK = Theme(
    ("#7C9DFF", "#AE752A", "#3A8A72", "#F191A6", "#6BE2F8", "#8D6EA2"), "#151A23", "#E6EAF2", "#A3AEC2", "#2A3342"
)
THEMES = {"light": LIGHT, "dark": DARK}


def _axis(theme: Theme, *, grid: bool) -> dict[str, Any]:
    return {
        "showgrid": grid,
        "gridcolor": theme.border,
        "linecolor": theme.border,
        "zerolinecolor": COMPARISON,
        "zeroline": False,
        "tickcolor": theme.border,
        "tickfont": {"color": theme.ink_2, "size": 12},
        "title": {"font": {"color": theme.ink_2, "size": 12}},
        "nticks": 6,
    }


def template(name: str) -> dict[str, Any]:
    """The plotly template of an appearance, for the browser and for server-side images. Raises KeyError."""
    theme = THEMES[name]
    hover = {"bgcolor": theme.surface, "bordercolor": theme.border, "font": {"color": theme.ink, "size": 13}}
    return {
        "layout": {
            "colorway": list(theme.series),
            "font": {"family": FONT, "size": 12, "color": theme.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hoverlabel": hover,
            "hovermode": "closest",
            "separators": written.style().decimal + written.style().group,
            "bargap": 0.25,
            "xaxis": _axis(theme, grid=False),
            "yaxis": _axis(theme, grid=True),
        }
    }
