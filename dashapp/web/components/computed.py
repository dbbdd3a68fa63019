"""What a reader had computed, as cards and as files: each part of a result is declared once and read by both.

A file finds the result again by what it was computed from, the filters and fields in its address. The cards carry that
address of their own (`data-scope`), because a reader may have moved on since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component
from flask import current_app, has_request_context

from dashapp import written
from dashapp.charts.chart import Chart, nothing
from dashapp.domain.filters import CHOICES, Filters
from dashapp.errors import FilterError
from dashapp.services import charting
from dashapp.services.computations import Request
from dashapp.services.showing import TableSpec
from dashapp.store import query
from dashapp.store.facts import Facts
from dashapp.store.snapshot import Snapshot
from dashapp.web import identity
from dashapp.web.background import Plan
from dashapp.web.components.basics import attrs, data_table, defined
from dashapp.web.components.card import answered_card
from dashapp.web.components.export_menu import table_menu
from dashapp.web.components.funnel import of_question

Result = dict[str, Any]
NOT_KEPT = "Not computed under these filters and assumptions, or kept no longer."


@dataclass(frozen=True, slots=True)
class Part:
    """A table of a result, or a chart."""

    name: str
    title: str
    unit: str
    definition: str
    build: Callable[[Result], pd.DataFrame | Chart]
    height: int = 320


@dataclass(frozen=True, slots=True)
class Answered:
    """What a computation answers, part by part; the first stands for all where there is no answer."""

    page: str
    "Name of the page."
    function: str
    question: str
    "Stem of the question it rests on."
    verb: str
    "What the button says that computes it."
    planned: Callable[[Facts, Mapping[str, str], Filters], Plan]
    "From the fields in an address. Raises FilterError."
    parts: tuple[Part, ...]

    @property
    def tables(self) -> tuple[TableSpec, ...]:
        """The parts as what leaves of the page."""
        return tuple(self._spec(part) for part in self.parts)

    def _spec(self, part: Part) -> TableSpec:
        def ask(snapshot: Snapshot, filters: Filters, asked: Mapping[str, str]) -> pd.DataFrame | Chart:
            result = self._kept(snapshot, filters, asked)
            return part.build(result) if isinstance(result, dict) else result

        ignored = charting.heeding(query.find(self.question))[1]
        first = self.parts[0].name
        of = "" if part.name == first else first
        return TableSpec(
            part.name, part.title, part.unit, part.definition, ask, tuple(ignored), part.height, part_of=of
        )

    def _kept(self, snapshot: Snapshot, filters: Filters, asked: Mapping[str, str]) -> Result | Chart:
        """What this reader's computation answered, or why there is nothing."""
        try:
            plan = self.planned(snapshot.facts, asked, filters)
        except FilterError as error:
            return nothing(error.message, error.hint)
        found = _stored(self.function, plan)
        return found if found else nothing(NOT_KEPT, f"Press {self.verb} on the page, then export again.")

    def head(self, words: str) -> Component:
        """What the figures of a result mean, with their files; `words` are its definition."""
        menu = html.Div(table_menu(self.page, self.tables[0]), className="card-tools")
        return html.Header([html.P(words, className="definition-chip"), menu], className="card-head")

    def shown(self, name: str, result: Result) -> Component:
        """A part on the screen, with its files."""
        spec = next(spec for spec in self.tables if spec.name == name)
        built = next(part for part in self.parts if part.name == name).build(result)
        number, file = f"query/{self.question}", f"{self.page}/{name}"
        if isinstance(built, Chart):
            return answered_card(f"{name}-result", spec, built, number, file, [of_question(self.question)])
        tools = html.Div(
            [defined(spec.title, number, spec.definition), table_menu(self.page, spec)], className="card-tools"
        )
        return html.Section(
            [html.Header([html.H3(spec.title), tools], className="kpi-head"), data_table(built, spec.unit)]
        )


def scope(filters: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """What a result was computed from, for the wrapper of its cards; what was not chosen then is not chosen here."""
    return attrs(data_scope=urlencode({name: filters.get(name, "") for name in CHOICES} | dict(fields)))


def percent_text(share: float) -> str:
    """A share as a field of percents holds it, to the last digit.

    >>> percent_text(0.1), percent_text(0.075)
    ('10', '7.5')
    """
    return written.digits(f"{share * 100:.15g}")


def _stored(function: str, plan: Plan) -> Result | None:
    """Results are kept by what a reader may see; outside of a request nobody asks."""
    if not has_request_context():
        return None
    asked = Request(function, plan.arguments, plan.snapshot_id, identity.principal().scope)
    found: Result | None = current_app.extensions["tenure"].services.computations.result(asked)
    return found
