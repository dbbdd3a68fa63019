"""Pictures too small for a chart, as addresses of inline SVG: one element on the page each, whatever they show."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dashapp.charts.kit.formats import known
from dashapp.charts.kit.theme import MEASURE

WIDTH, HEIGHT, EDGE = 120, 28, 2
CELL = (18, 12, 2)
"Width, height and gap of a tile."


def sparkline(values: Sequence[float | None]) -> str:
    """A line through the values that are known, the last one dotted; empty with fewer than two.

    >>> sparkline([1.0, None]), sparkline([1.0, 3.0]).count("26.0")
    ('', 1)
    """
    points = _points([float(value) for value in values if value is not None and known(value)])
    if len(points) < 2:
        return ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    (x, y) = points[-1]
    line = f'<polyline points="{path}" fill="none" stroke="{MEASURE}" stroke-width="1.75" stroke-linejoin="round"/>'
    return _address(WIDTH, HEIGHT, f'{line}<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{MEASURE}"/>')


def _points(values: Sequence[float]) -> list[tuple[float, float]]:
    low, high = min(values, default=0.0), max(values, default=0.0)
    step, rise = (WIDTH - 3 * EDGE) / max(len(values) - 1, 1), (HEIGHT - 2 * EDGE) / (high - low or 1.0)
    level = HEIGHT / 2 if high == low else None
    return [(EDGE + i * step, level or HEIGHT - EDGE - (value - low) * rise) for i, value in enumerate(values)]


def tiles(rows: Sequence[Sequence[str]]) -> str:
    """A grid of colours; an empty text leaves its place free."""
    width, height, gap = CELL
    drawn = [
        f'<rect x="{x * (width + gap)}" y="{y * (height + gap)}" width="{width}" height="{height}" rx="2" '
        f'fill="{color}"/>'
        for y, row in enumerate(rows)
        for x, color in enumerate(row)
        if color
    ]
    across = max(map(len, rows), default=0)
    return _address(across * (width + gap), len(rows) * (height + gap), "".join(drawn))


def _address(width: int, height: int, body: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{body}</svg>'
    return f"data:image/svg+xml,{quote(svg, safe=' =:/,.-')}"
