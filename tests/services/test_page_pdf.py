"""A page on paper: text that can be selected, structure, title and language, every row, and nothing that runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashapp.errors import RenderFailed
from dashapp.services import export_files, page_pdf, render
from dashapp.settings import Settings
from tests.services import pdf_text
from tests.services.test_exports import HOSTILE

EVIL = "<script>document.title='run'</script><img src='file:///etc/passwd'>"
BARS = {"data": [{"type": "bar", "x": ["Spring", "Autumn"], "y": [1, 2]}], "layout": {"margin": {"t": 8}}}
TITLE = "Übersicht · Test shop"


class Steps(list[float]):
    """Remembers how far the work said it was."""

    def step(self, name: str, fraction: float, message: str = "") -> None:
        self.append(fraction)


def card(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Sales over time",
        "unit": "EUR",
        "summary": "Autumn brought more.",
        "figure": BARS,
        "height": 300,
        "columns": ["Name", "Sales"],
        "sides": ["", "number"],
        "rows": [["Ann", "1,234"]],
        "rest": "",
    } | changes


def document(*cards: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": TITLE,
        "language": "en",
        "view": ["1 Jul 2024 to 30 Jun 2025, country France"],
        "figures": [{"label": "Orders", "value": "3,543", "details": ["+65.6 %"]}],
        "cards": list(cards),
        "about": [("Snapshot", "000001-test")],
        "stamp": "data to 30 Jun 2025",
    }


def test_every_text_of_a_page_is_text() -> None:
    hostile = card(
        title=EVIL, unit=EVIL, summary=EVIL, columns=[EVIL, "n"], rows=[[EVIL, "1"]], rest=EVIL, svg="<svg/>"
    )
    html = page_pdf.page(document(hostile) | {"title": EVIL, "view": [EVIL], "stamp": EVIL, "about": [(EVIL, EVIL)]})
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") >= 10
    assert "default-src 'none'" in html


def test_without_a_browser_it_is_refused_in_words(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, chromium_path="/nowhere/chromium")
    with pytest.raises(RenderFailed, match="cannot make images"):
        page_pdf.make({"document": document(card()), "owner": 1, "name": "a.pdf"}, Steps(), settings)
    assert not list((tmp_path / "exports").rglob("*.pdf"))


@pytest.mark.browser
def test_the_paper_holds_what_it_was_given(tmp_path: Path) -> None:
    settings, steps = Settings(data_dir=tmp_path), Steps()
    try:
        render.find_browser(settings)
    except RenderFailed as error:
        pytest.skip(error.message)
    rows = [[f"Row {n}", f"{n:,}"] for n in range(150)] + [[text, "0"] for text in (*HOSTILE, EVIL) if text.isascii()]
    given = document(card(), card(title="Customers", figure=None, summary="Nobody.", rows=rows))
    made = page_pdf.make({"document": given, "owner": 3, "name": "overview.pdf"}, steps, settings)
    content = export_files.find(settings, 3, made["id"], datetime.now(UTC)).path.read_bytes()
    known = b"".join(pdf_text.objects(content).values())
    assert f"/Title <FEFF{TITLE.encode('utf-16-be').hex().upper()}>".encode() in known
    assert b"/Marked true" in known
    assert b"/Lang (en)" in known
    assert {b"Table", b"TH", b"TD", b"H1", b"H2", b"Figure", b"Caption"} <= set(re.findall(rb"/S /(\w+)", known))
    assert known.count(b"/S /Figure") == 1
    assert b"/Alt (Autumn brought more.)" in known
    assert b"/MediaBox [0 0 594.9" in known
    sheets = pdf_text.sheets(content)
    text = "".join(sheets)
    assert all(f"Page{n}of{len(sheets)}" in sheet and "datato30Jun2025" in sheet for n, sheet in enumerate(sheets, 1))
    assert all(re.sub(r"\s", "", row[0]) in text for row in rows)
    assert "Autumn" in sheets[0].replace("Autumnbroughtmore", "")  # the axis of the drawing is text too
    assert "1Jul2024to30Jun2025,countryFrance" in sheets[0]
    assert "Snapshot000001-test" in sheets[-1]
    assert b"/JavaScript" not in content
    assert list(steps) == sorted(steps)
