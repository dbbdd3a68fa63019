"""Who is in a number: the customers behind a key figure, or behind one mark of a chart, as a view of their list.

The answer is filters and a listing, nothing else, so the drawer, the Customers page, its export and a segment hold the
same rows. What the figure's question ignores is not in the view either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashapp.charts import catalogue
from dashapp.charts.kit.marks import made_where, meeting
from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.listing import Limits, Listing
from dashapp.domain.ranges import Period
from dashapp.domain.rule_fields import IS
from dashapp.errors import NotFound
from dashapp.services.charting import view
from dashapp.store import query
from dashapp.store.metrics import metric
from dashapp.store.query import Query
from dashapp.store.snapshot import Snapshot

Choose = Callable[[Snapshot, Filters, Period], tuple[Limits, ...]]
NOBODY = "none"
"The word of a key figure that counts something else than customers."


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom key figures are about, by the word in their header."""

    words: str
    "With a hole for the period."
    choose: Choose
    note: str = ""
    "What is in the number and in nobody's row."


@dataclass(frozen=True, slots=True)
class Behind:
    """The customers behind a number."""

    title: str
    words: str
    "Who they are, beyond the filters."
    filters: Filters
    listing: Listing
    notes: tuple[str, ...] = ()
    "Where the number holds more or other than these customers."

    def to_query(self) -> dict[str, str]:
        """The address of the Customers page with exactly them."""
        return self.filters.to_query() | self.listing.to_query()


def _between(column: str) -> Choose:
    def choose(_: Snapshot, __: Filters, period: Period) -> tuple[Limits, ...]:
        return (Limits(column, period.start.isoformat(), period.end.isoformat()),)

    return choose


def _known(column: str) -> Choose:
    """Whoever has a value there: none of these is below zero."""
    return lambda *_: (Limits(column, "0"),)


def _best_tenth(snapshot: Snapshot, filters: Filters, _: Period) -> tuple[Limits, ...]:
    best = snapshot.row("value_deciles", filters)
    return (Limits("clv", repr(float(best["clv_from"])) if best else "0"),)


_ELSEWHERE = "Refunds to customers who bought nothing in the period, and sales without a customer, are in nobody's row."
AUDIENCES = {
    "buyers": Audience("Customers who bought from {period}.", _between("bought_on")),
    "sales": Audience("Customers who bought from {period}.", _between("bought_on"), _ELSEWHERE),
    "new": Audience("Customers whose first purchase lies from {period}.", _between("first_order_date")),
    "scored": Audience("Customers with a predicted chance to buy again.", _known("p_active")),
    "valued": Audience("Customers with a predicted value.", _known("clv")),
    "best": Audience("The tenth of the customers with the highest predicted value, ties included.", _best_tenth),
    "base": Audience("All customers, whenever they bought.", lambda *_: ()),
}
"Every word a key figure may have in its header `customers`, beside NOBODY."
_WHERE_MADE = (
    "The number counts sales where they were made, the list customers where they first bought: under a country or "
    "channel the two can differ."
)


def of_metric(name: str, snapshot: Snapshot, filters: Filters) -> Behind:
    """Who is in a key figure. Raises NotFound where there is no such figure or nobody in particular is behind it."""
    figure = metric(name)
    if figure.customers == NOBODY:
        raise NotFound(f"{figure.label} is not about customers.", "Read its definition.")
    audience, period = AUDIENCES[figure.customers], view(snapshot, filters).period
    heeded = _heeding(filters, figure.query.filters)
    listing = Listing(limits=audience.choose(snapshot, heeded, period))
    heeded, listing = _made_there(figure.query, heeded, listing)
    notes = (audience.note, _where_made(figure.query, heeded), ignored(filters, figure.query.filters))
    return Behind(figure.label, audience.words.format(period=period), heeded, listing, tuple(filter(None, notes)))


def of_mark(name: str, snapshot: Snapshot, filters: Filters, mark: Mapping[str, Any]) -> Behind:
    """Who is behind a mark of a chart, as the chart declared it. Raises NotFound, FilterError."""
    spec = catalogue.chart(name)
    if spec.nobody:
        raise NotFound(f"Nothing in {spec.title} leads to customers. {spec.nobody}")
    question = query.find(spec.query)
    honoured = question.filters
    chosen, listing = Filters.from_query(mark), Listing.from_query(mark)
    own = {choice: getattr(chosen, choice) for choice in CHOICES if choice in mark}
    heeded = _heeding(filters, honoured).choosing(own)
    heeded, listing = _made_there(question, heeded, Listing(limits=listing.limits, states=listing.states))
    notes = (_where_made(question, heeded), ignored(filters, honoured | set(own)))
    return Behind(spec.title, "", heeded, listing, tuple(filter(None, notes)))


def ignored(filters: Filters, honoured: Collection[str]) -> str:
    """A sentence on chosen filters that the number knows nothing of; empty when there are none."""
    names = [name for name in CHOICES if name not in honoured and getattr(filters, name)]
    return f"Not heeded by this number: {', '.join(names)}." if names else ""


def _heeding(filters: Filters, honoured: Collection[str]) -> Filters:
    return filters.choosing({name: () for name in CHOICES if name not in honoured})


def _made_there(question: Query, filters: Filters, listing: Listing) -> tuple[Filters, Listing]:
    """Who bought within days in the chosen country and by the channel, where the question counts sales by these."""
    days = [limit for limit in listing.limits if limit.column == "bought_on" and limit.low and limit.high]
    places = made_where(filters)
    if not places or not days or not _is_by_day(question):
        return filters, listing
    bought = meeting(("bought_in", IS, (f"{days[0].low} {days[0].high}",)), *places, saved=filters.saved)
    if bought is None:
        return filters, listing
    rest = tuple(limit for limit in listing.limits if limit not in days)
    return filters.choosing({"country": (), "channel": (), "saved": (bought["saved"],)}), replace(listing, limits=rest)


def _is_by_day(question: Query) -> bool:
    return "customer_days" in question.sql


def _where_made(question: Query, filters: Filters) -> str:
    return _WHERE_MADE if _is_by_day(question) and (filters.country or filters.channel) else ""
