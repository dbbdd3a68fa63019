"""One way from a chart's name to the drawn chart: pages, CSV and image exports and reports all come through here."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import replace
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import pandas as pd

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.chart import Chart, ChartSpec, Flag, View, nothing
from dashapp.charts.kit.grain import grain_of
from dashapp.charts.kit.marks import emphasised
from dashapp.charts.kit.notes import annotated
from dashapp.domain.filters import Filters
from dashapp.domain.validity import Validity
from dashapp.domain.vocabulary import Basis
from dashapp.errors import SnapshotOutdated
from dashapp.services import ahead
from dashapp.services.predecessor import Predecessor
from dashapp.services.spared import Failure, spared
from dashapp.store import query
from dashapp.store.metrics import MISSING, NOT_VALID, MetricValue
from dashapp.store.query import Query
from dashapp.store.snapshot import Snapshot
from dashapp.store.where import HONOURABLE

FADED = "What was not chosen is faded and in none of these numbers."
AUTO_GRAIN = "auto"
CONTROLS = (*HONOURABLE, "basis", "compare")
"Of the filter bar, as what a question may heed."
UNHEARD = {"period": ("range", "start", "end"), "basis": ("basis",), "compare": ("compare",)}
"Controls of the bar and their fields that a chart is drawn without where its questions cannot heed them."
PLAIN = Filters()
EARLIER = re.compile(r"\{previous_where\}|\$(previous|against)_")
"A question about the period that is compared with as well."
PATIENCE_SECONDS = 0.1
_lanes = threading.Semaphore(max(2, os.cpu_count() or 2))
Answer = TypeVar("Answer")


class Asks(Protocol):
    """A key figure: of the registry, or a column of a question."""

    @property
    def query(self) -> Query: ...


def draw(name: str, snapshot: Snapshot, filters: Filters, flags: Sequence[Flag] = (), **parameters: Any) -> Chart:
    """The chart `name` of this snapshot under these filters, or that it failed. Raises NotFound, FilterError.

    `flags` are what services.annotations has for this reader; they are drawn where the chart is over time.
    """
    ask = partial(_remembered, name, snapshot, filters, flags, parameters)
    return spared(f"chart/{name}", ask, lambda failure: nothing(failure.text, failure.next_step, failure.kind))


def _remembered(
    name: str, snapshot: Snapshot, filters: Filters, flags: Sequence[Flag], parameters: Mapping[str, Any]
) -> Chart:
    spec = catalogue.chart(name)
    seen = _heard(spec.query, spec.ahead, filters)
    style = written.style(), written.week_shift_days()
    asked = (spec.name, spec.build, snapshot.facts, seen, tuple(flags), tuple(sorted(parameters.items())), style)
    return snapshot.memory.answer(asked, lambda: _drawn(spec, snapshot, seen, flags, parameters))


@lru_cache(maxsize=2048)
def _heard(question: str, ahead: str, filters: Filters) -> Filters:
    """The view without the period, the comparison and the basis that neither question can take into account: the chart
    is the same in all of these views, so it is drawn once."""
    used = {name for asked in (question, ahead) if asked for name in heeding(query.find(asked))[0]}
    used |= {"period"} if "compare" in used else set()  # the earlier days depend on it
    ignored = [field for name, fields in UNHEARD.items() if name not in used for field in fields]
    return replace(filters, **{field: getattr(PLAIN, field) for field in ignored})


def _drawn(
    spec: ChartSpec, snapshot: Snapshot, filters: Filters, flags: Sequence[Flag], parameters: Mapping[str, Any]
) -> Chart:
    if filters.basis is Basis.GROSS_MARGIN and not snapshot.facts.has_costs and query.find(spec.query).heeds_basis:
        text = "Gross margin is not available, because no product costs were loaded."
        return nothing(text, "Load a product list with unit costs, or choose another value basis.", "unavailable")
    if spec.is_predicted and snapshot.facts.validity == Validity.NOT_VALID:
        return nothing(NOT_VALID, written.local(snapshot.facts.validity_reason), "insufficient")
    seen = view(snapshot, filters)
    bound = bound_of(spec, seen, parameters)
    frame = snapshot.frame(spec.query, filters, **bound)
    chart = annotated(spec.build(frame, replace(seen, ahead=_ahead(spec, snapshot, filters))), flags)
    if chart.figure is None and not snapshot.facts.has_orders and "period" in query.find(spec.query).filters:
        return nothing(MISSING["orders"], kind="unavailable")  # a longer period would not help
    return _beside_the_others(chart, spec, snapshot, filters, bound)


def bound_of(spec: ChartSpec, seen: View, parameters: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The chart's own parameters, or those given, as its question gets them."""
    bound = spec.parameters | dict(parameters)
    return bound | ({"grain": grain_of(seen.period).value} if bound.get("grain") == AUTO_GRAIN else {})


def _beside_the_others(
    chart: Chart, spec: ChartSpec, snapshot: Snapshot, filters: Filters, bound: dict[str, Any]
) -> Chart:
    """The figure a choice was made in keeps the marks that were not chosen, faded; words and table do not hold them."""
    chosen = getattr(filters, spec.choice) if spec.choice else ()
    if not chosen or chart.figure is None:
        return chart
    wide = filters.choosing({spec.choice: ()})
    whole = spec.build(snapshot.frame(spec.query, wide, **bound), view(snapshot, wide))
    figure = emphasised(whole, spec.choice, chosen)
    return replace(chart, figure=figure, summary=f"{chart.summary} {FADED}") if figure else chart


def _ahead(spec: ChartSpec, snapshot: Snapshot, filters: Filters) -> pd.DataFrame | None:
    """What is predicted beside what was observed; a snapshot of an earlier version shows the chart without."""
    if not spec.ahead or snapshot.facts.validity == Validity.NOT_VALID:
        return None
    try:
        return snapshot.frame(spec.ahead, filters)
    except SnapshotOutdated:
        return None


def draw_all(names: Iterable[str], snapshot: Snapshot, filters: Filters, flags: Sequence[Flag] = ()) -> list[Chart]:
    """Several charts of one page."""
    return together([partial(draw, name, snapshot, filters, flags) for name in names])


def measure_all(
    names: Iterable[str], snapshot: Snapshot, filters: Filters, before: Predecessor | None = None
) -> list[MetricValue]:
    """Several key figures of one page; with `before` those of today's customers beside what they were."""
    return together([partial(measure, name, snapshot, filters, before) for name in names])


def compared_with(snapshot: Snapshot, filters: Filters) -> str:
    """What key figures of the period are compared with, in words; empty for nothing."""
    return filters.compare.label if filters.comparison(snapshot.facts.observed_until) else ""


def measure(name: str, snapshot: Snapshot, filters: Filters, before: Predecessor | None = None) -> MetricValue:
    """A key figure, or why an earlier version's snapshot does not have it, or that it failed."""

    def ask() -> MetricValue:
        value = snapshot.metric(name, filters)
        return before.beside(value, name, filters) if before else value

    return figured(f"metric/{name}", ask, lambda lost: lost)


def figured(part: str, ask: Callable[[], Answer], instead: Callable[[MetricValue], Answer]) -> Answer:
    """The key figures that `ask` answers, or `instead` of them a value that says why there are none."""

    def lost(failure: Failure) -> Answer:
        return instead(MetricValue(None, reason=failure.sentence, failed=failure.kind == "error"))

    return spared(part, ask, lost)


def together(questions: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """The answers in order, two at a time: while one waits for the store, the other is drawn.

    Of several parts of a page that are asked for at once the first is answered first, so that it can be drawn while
    the others are counted. What is asked ahead goes one by one and lets everybody else pass.
    """
    if ahead.is_ahead():
        return [_giving_way(question) for question in questions]
    asked: list[Callable[[], Answer]]
    asked = [partial(copy_context().run, question) for question in questions]  # log lines keep the request's id
    found: dict[int, Answer] = {}
    left = iter(enumerate(asked))

    def work() -> None:
        with _lane():
            for place, question in left:
                found[place] = question()

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(work)
        work()
        beside.result()
    return [found[place] for place in range(len(asked))]


def _giving_way(question: Callable[[], Answer]) -> Answer:
    ahead.give_way()
    return question()


@contextmanager
def _lane() -> Iterator[None]:
    """A turn in the order of asking; a part that was passed over long enough goes beside the others."""
    is_mine = _lanes.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if is_mine:
            _lanes.release()


def view(snapshot: Snapshot, filters: Filters) -> View:
    """What a chart may know about the moment it is drawn for."""
    facts = snapshot.facts
    return View(filters, facts.observed_from, facts.observed_until, facts.currency, facts.horizon_days)


def heeded(name: str) -> tuple[list[str], list[str]]:
    """The filters the chart's question takes into account, and those it cannot. Raises NotFound."""
    return heeding(query.find(catalogue.chart(name).query))


def heeding(asked: Query) -> tuple[list[str], list[str]]:
    """The controls of the filter bar that a question takes into account, and those it cannot."""
    heeds = set(asked.filters)
    heeds |= {"basis"} if asked.heeds_basis else set()
    heeds |= {"compare"} if EARLIER.search(asked.sql) else set()
    return [name for name in CONTROLS if name in heeds], [name for name in CONTROLS if name not in heeds]


def heeded_by(figure: Asks) -> tuple[list[str], list[str]]:
    """The same of a key figure; one of a period is also asked over the period it is compared with."""
    used, ignored = heeding(figure.query)
    if "period" in figure.query.filters:
        return [*used, "compare"], [name for name in ignored if name != "compare"]
    return used, ignored
