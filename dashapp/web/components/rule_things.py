"""What a row of the builder offers to pick from: products by their words, categories, segments; and what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashapp.domain.listing import like
from dashapp.services.spared import spared
from dashapp.store.snapshot import Snapshot
from dashapp.web.components.rule_state import Row, picked

OFFERED = 30
"At most so many to pick from at once."
MAX_SEARCH = 100
Option = tuple[str, str]
"Value and label."


@dataclass(frozen=True, slots=True)
class Offer:
    """What a row can pick, what it picked among it wherever that is not found, and those picked that do not exist."""

    options: tuple[Option, ...] = ()
    unknown: tuple[str, ...] = ()


def offer(snapshot: Snapshot, row: Row, known: Mapping[str, Sequence[Option]]) -> Offer:
    """For one row. `known`: values and labels of categories and of the most bought products."""
    what = picked(row.about)
    if not what:
        return Offer()
    everything = [(value, value.replace("_", " ")) for value in row.about.values] or list(known.get(what, ()))
    words = row.search.strip()[:MAX_SEARCH]
    if what == "product" and words:
        found = spared("products_found", lambda: _products(snapshot, words), lambda _: everything)
    else:
        found = [option for option in everything if words.casefold() in option[1].casefold()]
    labels = dict(everything) | dict(found)
    if what == "product" and (strange := [thing for thing in row.things if thing not in labels]):
        labels |= spared("products_named", lambda: _named(snapshot, strange), lambda _: {one: one for one in strange})
    offered = found[:OFFERED]
    apart = [thing for thing in row.things if thing not in dict(offered)]
    unknown = tuple(thing for thing in row.things if labels and thing not in labels)
    return Offer((*offered, *((thing, labels.get(thing, thing)) for thing in apart)), unknown)


def _products(snapshot: Snapshot, words: str) -> list[Option]:
    frame = snapshot.frame("products_found", words=like(words), start=words.lower(), limit=OFFERED)
    return [_option(row.product_id, row.product_name) for row in frame.itertuples()]


def _named(snapshot: Snapshot, ids: list[str]) -> dict[str, str]:
    frame = snapshot.frame("products_named", ids=ids)
    return dict(_option(row.product_id, row.product_name) for row in frame.itertuples())


def _option(product: object, name: object) -> Option:
    return str(product), f"{name} ({product})" if isinstance(name, str) and name else str(product)
