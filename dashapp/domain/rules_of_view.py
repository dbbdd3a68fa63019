"""A view of the customers list as the rules of a segment: what the filter bar and the list's own filters choose."""

from __future__ import annotations

from dashapp.domain.filters import Filters
from dashapp.domain.listing import TEXTS, Limits, Listing
from dashapp.domain.rule_fields import AT_LEAST, AT_MOST, BETWEEN, CONTAINS, IS
from dashapp.domain.rules import Rule, Rules
from dashapp.domain.saved import is_list
from dashapp.errors import FilterError

_FIELD_OF = {"cohort": "cohort_month"}
"Choices of the filter bar that a segment calls otherwise."
_PLAIN = ("country", "channel", "segment", "cohort", "category", "product")


def rules_of(filters: Filters, listing: Listing) -> Rules:
    """The rules that choose the same customers; the period chooses none, so it is left out.

    Raises FilterError for a view no rules can say: a search, a kept list, or no choice at all.

    >>> rules_of(Filters(country=("France",)), Listing(states=("lapsed",))).text
    'country~is~France;customer_state~is~lapsed'
    """
    if listing.search:
        raise FilterError("search", "A search cannot be kept as conditions.", "Clear it, or save a fixed list.")
    if any(is_list(text) for text in filters.saved):
        raise FilterError("saved", "A fixed list cannot be part of conditions.", "Save this as a fixed list too.")
    chosen = [(_FIELD_OF.get(name, name), getattr(filters, name)) for name in _PLAIN]
    rows = [Rule(name, IS, values) for name, values in (*chosen, ("customer_state", listing.states)) if values]
    rows += [_limit(limit) for limit in listing.limits]
    alternatives = [group for text in filters.saved for group in Rules.from_text(text).groups] or [()]
    return Rules(tuple((*group, *rows) for group in alternatives))


def _limit(limit: Limits) -> Rule:
    if limit.column in TEXTS:
        return Rule(limit.column, CONTAINS, (limit.contains,))
    if limit.low and limit.high:
        return Rule(limit.column, BETWEEN, (limit.low, limit.high))
    return Rule(limit.column, AT_LEAST if limit.low else AT_MOST, (limit.low or limit.high,))
