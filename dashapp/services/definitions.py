"""What a number means and how it came about: the registry's words, its SQL, and the view and data it was asked of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.services import behind
from dashapp.services.charting import bound_of, view
from dashapp.store.metrics import metric
from dashapp.store.query import Query, find
from dashapp.store.snapshot import Snapshot
from dashapp.store.where import HONOURABLE

MAY_SEE_SQL = "quality:read"
"Who may see the SQL of checks and sample rows may see that of figures."
UNITS = {
    "money": "Money, {currency}",
    "count": "A count",
    "share": "A share of 1, shown in percent",
    "days": "Days",
    "ratio": "A ratio",
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A number as its reader may look it up."""

    title: str
    lines: tuple[tuple[str, str], ...]
    "Item and text, in reading order."
    sql: str
    "The statement as it was asked under this view."
    values: dict[str, Any]
    "What was bound to its names."


def of_metric(name: str, snapshot: Snapshot, filters: Filters) -> Definition:
    """Of a key figure. Raises NotFound."""
    figure = metric(name)
    who = behind.AUDIENCES.get(figure.customers)
    period = view(snapshot, filters).period
    lines = (
        ("Unit", UNITS[figure.unit].format(currency=snapshot.facts.currency)),
        (
            "Grain",
            "One value for the period" if "period" in figure.query.filters else "One value for today's customers",
        ),
        ("Who is in it", who.words.format(period=period) if who else "Nobody in particular: it counts something else."),
        *_asked(figure.query, snapshot, filters),
        ("Registered as", f"metrics/{name}"),
    )
    return Definition(figure.label, lines, *figure.query.statement(filters, snapshot.facts, {}))


def of_query(name: str, snapshot: Snapshot, filters: Filters) -> Definition:
    """Of the key figures that are columns of one question. Raises NotFound."""
    asked = find(name)
    lines = (*_question(asked), *_asked(asked, snapshot, filters), ("Registered as", f"queries/{name}"))
    return Definition(asked.question, lines, *asked.statement(filters, snapshot.facts, {}))


def of_chart(name: str, snapshot: Snapshot, filters: Filters) -> Definition:
    """Of a chart. Raises NotFound."""
    spec = catalogue.chart(name)
    asked = find(spec.query)
    sql, values = asked.statement(filters, snapshot.facts, bound_of(spec, view(snapshot, filters)))
    lines = (
        *_question(asked),
        ("Unit", spec.unit),
        ("Who is in it", spec.nobody or "Every mark and every row of its table leads to its customers."),
        *_asked(asked, snapshot, filters),
        ("Registered as", f"queries/{spec.query}"),
    )
    return Definition(spec.title, lines, sql, values)


def _question(asked: Query) -> tuple[tuple[str, str], ...]:
    grain = f"One row for {asked.headers['grain']}" if "grain" in asked.headers else "As its table says"
    return ("Question", asked.question), ("Grain", grain)


def _asked(query: Query, snapshot: Snapshot, filters: Filters) -> tuple[tuple[str, str], ...]:
    """Under which filters, of which data."""
    facts = snapshot.facts
    in_force = [str(view(snapshot, filters).period)] if "period" in query.filters else []
    in_force += [
        f"{name} {' or '.join(getattr(filters, name))}" for name in HONOURABLE if _chosen(query, filters, name)
    ]
    basis = [filters.basis.label.lower()] if query.heeds_basis else []
    return (
        ("Filters in force", ", ".join([*in_force, *basis]) or "none"),
        ("Heeds", _names(name for name in HONOURABLE if name in query.filters)),
        ("Ignores", _names(name for name in HONOURABLE if name not in query.filters)),
        ("As of", f"{facts.observed_until:%-d %b %Y}, the last day of sales known"),
        ("Snapshot", f"{facts.snapshot_id}, built {facts.built_at:%-d %b %Y %H:%M} UTC"),
    )


def _chosen(query: Query, filters: Filters, name: str) -> bool:
    return name != "period" and name in query.filters and bool(getattr(filters, name))


def _names(names: Any) -> str:
    return ", ".join(names) or "none"
