"""A page as a document to be printed: every card in the words the screen uses, as plain JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component

from dashapp import written
from dashapp.charts.chart import Chart, ChartSpec
from dashapp.services.card_files import Asked, about_cards, about_view, subtitle
from dashapp.services.showing import Shown, TableSpec
from dashapp.web.components.basics import table_words
from dashapp.web.components.kpi import kpi_values
from dashapp.web.page import Page

LANGUAGE = "en"


def document(page: Page, shown: Shown, asked: Asked) -> dict[str, Any]:
    """What services/page_pdf.py prints."""
    facts, title = asked.snapshot.facts, f"{page.title} {asked.of}".strip()
    view = [subtitle(asked), *([f"Compared with {asked.compared}"] if asked.compared else [])]
    return {
        "title": f"{title} · {facts.shop_name or facts.source}",
        "language": LANGUAGE,
        "view": view,
        "figures": _figures(shown, asked),
        "cards": [_card(spec, chart) for spec, chart in shown.cards],
        "about": about_view(title, asked, shown.rows) + about_cards(shown),
        "stamp": f"{title} · data to {written.day(asked.until)} · snapshot {facts.snapshot_id} · "
        f"{asked.asked_by}, {asked.asked_at:%Y-%m-%d %H:%M} UTC",
    }


def _figures(shown: Shown, asked: Asked) -> list[dict[str, Any]]:
    comparison = asked.filters.compare.label if asked.compared else ""
    bodies = kpi_values(shown.figures, asked.snapshot.facts.currency, comparison)
    told = zip(shown.figures, bodies, strict=True)
    return [_figure(one.label, [_words(part) for part in body]) for (one, _), body in told]


def _figure(label: str, texts: list[str]) -> dict[str, Any]:
    return {"label": label, "value": texts[0], "details": [text for text in texts[1:] if text]}


def _card(spec: ChartSpec | TableSpec, chart: Chart) -> dict[str, Any]:
    words = table_words(chart.table, chart.summary)
    said = f"{chart.note.text} {chart.note.next_step}".strip() if chart.note else chart.summary
    return {
        "title": spec.title,
        "unit": spec.unit,
        "summary": said,
        "figure": chart.figure,
        "height": spec.height,
        "columns": words.columns,
        "sides": words.sides,
        "rows": words.rows,
        "rest": words.rest,
    }


def _words(part: Any) -> str:
    """The text of a component that is seen, its parts set apart by a point."""
    return " · ".join(_texts(part))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, Component):
        if "visually-hidden" in str(getattr(part, "className", "")):
            return
        yield from _texts(getattr(part, "children", None))
    elif isinstance(part, (list, tuple)):
        for item in part:
            yield from _texts(item)
    elif part is not None:
        yield str(part)
