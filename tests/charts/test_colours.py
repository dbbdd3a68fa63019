"""Colours of series are seen on their surface and told apart, also by readers who do not see all of them.

Contrast: WCAG 2.2. Distance: CIEDE2000 after Sharma, Wu and Dalal (2005). Colour blindness: Machado, Oliveira and
Fernandes (2009), severity 1, on linear light.
"""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from dashapp.charts.kit.panels import Measure, panels
from dashapp.charts.kit.theme import COMPARISON, MEASURE, SEGMENT_COLORS, THEMES
from dashapp.charts.kit.tiles import Tile, tiles
from tests.house.code import ROOT

SEEN = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
"Of linear sRGB, for the white D65."


def linear(colour: str) -> np.ndarray:
    """Linear light of #RRGGBB, shape (3,), 0 to 1."""
    coded = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG's ratio, 1 to 21."""
    dark, light = sorted(float(XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(light: np.ndarray) -> np.ndarray:
    """L*, a*, b* of linear light."""
    x, y, z = np.array([t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
                        for t in XYZ @ np.clip(light, 0, 1) / XYZ.sum(axis=1)])  # fmt: skip
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(one: np.ndarray, other: np.ndarray) -> float:
    """The distance of two colours in L*, a*, b*: equations 2 to 22 of Sharma et al. with all weights 1."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1 + 0.5 * (1 - np.sqrt(mean7 / (mean7 + 25.0**7)))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    level, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    h = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    cos = [np.cos(np.radians(angle)) for angle in (h - 30, 2 * h, 3 * h + 6, 4 * h - 63)]
    t = 1 + np.dot([-0.17, 0.24, 0.32, -0.20], cos)
    s_l = 1 + 0.015 * (level - 50) ** 2 / np.sqrt(20 + (level - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    r_c = 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    r_t = -np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))) * r_c
    parts = (l2 - l1) / s_l, (c2 - c1) / s_c, hue / s_h
    return float(np.sqrt(np.dot(parts, parts) + r_t * parts[1] * parts[2]))


def nearest(colours: tuple[str, ...], vision: str) -> float:
    """The smallest distance between any two as they are seen."""
    return min(
        ciede2000(lab(SEEN[vision] @ linear(one)), lab(SEEN[vision] @ linear(other)))
        for one, other in combinations(colours, 2)
    )


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_the_distance_is_that_of_the_published_pairs(one, other, distance):
    """Of table 1 of Sharma et al."""
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(distance, abs=5e-5)


def test_the_surfaces_of_the_charts_are_those_of_the_pages():
    css = (ROOT / "assets" / "10-tokens.css").read_text(encoding="utf-8")
    assert re.findall(r"--surface: (#\w+);", css) == [theme.surface.lower() for theme in THEMES.values()]


@pytest.mark.parametrize("theme", THEMES)
def test_series_measures_and_outlines_are_seen_on_their_surface(theme):
    surface = THEMES[theme].surface
    assert min(contrast(colour, surface) for colour in (*THEMES[theme].series, MEASURE, COMPARISON)) >= 3


@pytest.mark.parametrize(
    ("theme", "vision", "least"),
    [
        ("light", "normal", 20.6), ("light", "protanopia", 15.0), ("light", "deuteranopia", 15.9),
        ("light", "tritanopia", 12.8), ("dark", "normal", 23.7), ("dark", "protanopia", 15.3),
        ("dark", "deuteranopia", 16.3), ("dark", "tritanopia", 15.6),
    ],
)  # fmt: skip
def test_any_two_series_are_as_far_apart_as_when_they_were_chosen(theme, vision, least):
    assert nearest(THEMES[theme].series, vision) >= least - 0.06


@pytest.mark.parametrize("vision", SEEN)
def test_any_two_segments_differ_though_less_than_series(vision):
    """Ordered families: a neighbour is meant to be near, and its name is printed."""
    assert nearest(tuple(SEGMENT_COLORS.values()), vision) >= 5


def test_a_segment_too_near_to_a_surface_has_an_outline_that_is_not():
    surfaces = [theme.surface for theme in THEMES.values()]
    assert min(contrast(colour, surface) for colour in SEGMENT_COLORS.values() for surface in surfaces) < 3
    bars = panels(pd.DataFrame({"name": ["New"], "n": [1.0]}), "name", [Measure("n", "Customers", str)], ["#D3E0FF"])
    fields = tiles(["R5"], ["FM5"], {("R5", "FM5"): Tile("New", "New", "#D3E0FF", 0)})
    assert {trace["marker"]["line"]["color"] for drawn in (bars, fields) for trace in drawn["data"]} == {COMPARISON}
