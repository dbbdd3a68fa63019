"""Small pictures of the pages as somebody looked at and liked them, and how far today's are from them.

An eighth of the size tells a moved card, a lost colour or an empty chart, not a letter. After a change that is meant:
`KEEP_LOOKS=1 pytest tests/browser/test_looks.py`, look at tests/browser/golden, and keep them.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = Path(__file__).with_name("golden")
FONTS = FOLDER / "fonts.json"
CHANGED = 48
"Of 255: a point that differs by more is another one."
MOST_CHANGED = 0.05
"Share of the points that may be others."

SMALL = """async (source) => {
  const image = new Image(); image.src = source; await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width / 8); canvas.height = Math.round(image.height / 8);
  const pen = canvas.getContext('2d'); pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/webp', 0.8);
}"""
SHARE = """async ([now, kept, changed]) => {
  const points = async (source) => {
    const image = new Image(); image.src = source; await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width; canvas.height = image.height;
    const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await points(now), await points(kept)];
  if (a.width !== b.width) return 1;
  const rows = Math.max(a.height, b.height), common = Math.min(a.height, b.height);
  let others = (rows - common) * a.width;
  for (let i = 0; i < common * a.width * 4; i += 4) {
    const far = Math.max(...[0, 1, 2].map((k) => Math.abs(a.data[i + k] - b.data[i + k])));
    if (far > changed) others += 1;
  }
  return others / (rows * a.width);
}"""
WIDTHS = """() => ['sans-serif', 'system-ui', 'monospace'].map((family) => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = `16px ${family}`; return Math.round(pen.measureText('Value at risk 1,234.50').width);
})"""


def share_changed(desk: Page, picture: bytes, name: str) -> float:
    """The share of points in which a picture (PNG) differs from the one kept; keeps it when asked to.

    0 where the fonts are others than those of the pictures kept: nothing can be said then. `desk` is any empty page.
    """
    letters = desk.evaluate(WIDTHS)
    now = desk.evaluate(SMALL, _source(picture, "png"))
    if os.environ.get("KEEP_LOOKS"):
        _keep(name, now, letters)
    if json.loads(FONTS.read_text()) != letters:
        return 0.0
    kept = _source((FOLDER / f"{name}.webp").read_bytes(), "webp")
    return float(desk.evaluate(SHARE, [now, kept, CHANGED]))


def _keep(name: str, picture: str, letters: list[int]) -> None:
    FOLDER.mkdir(exist_ok=True)
    FONTS.write_text(json.dumps(letters))
    (FOLDER / f"{name}.webp").write_bytes(base64.b64decode(picture.partition(",")[2]))


def _source(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
