"""Which column is which: the name of a column proposes, its values agree or object, and each column is used once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from etl import entities
from etl.entities import ENTITIES, Entity
from etl.profile import aliases
from etl.profile.evidence import Column

MATCHED = 0.5
"From this confidence on a column is used in the draft."
SHOWN = 0.2
ATTRIBUTES = ("type", "kind", "group", "segment", "class", "tier", "status", "gender", "age", "city", "region", "since")
"Ends of names that say something about whom or what an id would name: `Customer type` is no customer."
CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9._/-]+")
"A text of one word with a digit in it, such as SKU-3: a name of a product would rather have several words."
FEW_ROWS = 20
"Uniqueness of an id says nothing in fewer."


@dataclass(frozen=True)
class Proposal:
    canonical: str
    confidence: float
    why: str


@dataclass(frozen=True)
class Matching:
    entity: str
    proposals: Mapping[str, tuple[Proposal, ...]]
    "Column of the file -> what it may be, the likeliest first."
    matches: Mapping[str, tuple[str, float]]
    "Canonical column -> column of the file and confidence."
    score: float


def best(columns: list[Column], entity: str = "") -> Matching:
    """The entity that the columns fit best, or the given one, with its matches."""
    fitting = [match(columns, spec) for spec in ([ENTITIES[entity]] if entity else ENTITIES.values())]
    return max(fitting, key=lambda matching: matching.score)


def match(columns: list[Column], entity: Entity) -> Matching:
    """The columns as that entity."""
    gives_back = any(aliases.plain(column.name) in aliases.REFUND_IDS for column in columns)
    proposals = {column.name: _proposals(column, entity, gives_back) for column in columns}
    matches = _assigned(proposals)
    by_name = {column.name: column for column in columns}
    used = {canonical: by_name[name] for canonical, (name, _) in matches.items()}
    missing = entity.required if not _is_purchases(entity, matches, columns) else ("ordered_at",)
    score = sum(confidence for _, confidence in matches.values()) + _key_fits(entity, used)
    score -= 0.5 * sum(name not in matches for name in missing)
    return Matching(entity.name, proposals, matches, round(score, 3))


def _assigned(proposals: Mapping[str, Iterable[Proposal]]) -> dict[str, tuple[str, float]]:
    """The likeliest pairs first; no column and no canonical name twice."""
    pairs = [(p.confidence, p.canonical, name) for name, found in proposals.items() for p in found]
    chosen: dict[str, tuple[str, float]] = {}
    used: set[str] = set()
    for confidence, canonical, name in sorted(pairs, key=lambda pair: -pair[0]):
        if confidence >= MATCHED and canonical not in chosen and name not in used:
            chosen[canonical] = (name, confidence)
            used.add(name)
    return chosen


def _is_purchases(entity: Entity, matches: Mapping[str, object], columns: list[Column]) -> bool:
    """Whether it is a list of purchases, a customer, a day and an amount each: what it lacks can be asked for."""
    if entity.name != "order_lines" or not {"customer_id", "ordered_at"} <= matches.keys():
        return False
    return any(aliases.plain(column.name) in aliases.TOTALS and column.number > 0.8 for column in columns)


def _key_fits(entity: Entity, used: Mapping[str, Column]) -> float:
    """Customers and products are told once each; a key that repeats belongs to lines of something else."""
    keys = [used[name] for name in entity.key if name in used]
    if len(entity.key) != 1 or entity.part or not keys or keys[0].rows < FEW_ROWS:
        return 0.0
    return -2.0 if keys[0].repeats else 0.5


def _proposals(column: Column, entity: Entity, gives_back: bool) -> tuple[Proposal, ...]:
    """gives_back: a column numbers refunds, so the rows are refunds, and an order number names what is refunded."""
    found = [_proposal(column, item, entity) for item in entity.columns]
    if gives_back and entity.name == "order_lines":
        found = [_of_refund(column, proposal) for proposal in found]
    likely = [proposal for proposal in found if proposal.confidence >= SHOWN]
    return tuple(sorted(likely, key=lambda proposal: -proposal.confidence))


def _proposal(column: Column, item: entities.Column, entity: Entity) -> Proposal:
    by_name, why = _by_name(column.name, item.name, entity)
    by_values, seen = _by_values(column, item)
    if not by_name:
        return Proposal(item.name, *_by_values_alone(column, item, entity.name))
    reason = f"{why}; {seen}" if seen else why
    return Proposal(item.name, round(by_name * by_values, 3), reason)


def _of_refund(column: Column, proposal: Proposal) -> Proposal:
    if aliases.plain(column.name) in aliases.REFUND_IDS:
        own = proposal.canonical == "order_id"
        return (
            replace(proposal, confidence=0.9, why="numbers the refunds") if own else replace(proposal, confidence=0.0)
        )
    if proposal.canonical == "order_id":
        return replace(proposal, canonical="refunded_order_id", why="the order that is refunded")
    return proposal


def _by_name(name: str, canonical: str, entity: Entity) -> tuple[float, str]:
    text, own = aliases.plain(name), aliases.plain(canonical)
    if text == own:
        return 1.0, "has the name itself"
    # A bare "id" or "number" in a file of orders is the order's, in one of customers the customer's.
    for strong, full in ((True, 0.95), (False, 0.75 if canonical in entity.key else 0.7)):
        names = aliases.words(strong).get(canonical, ())
        if text in names:
            # Of two good names the earlier in the list wins.
            return full - 0.001 * names.index(text), "a usual name" if strong else "a name that can mean this"
    is_attribute = entity.column(canonical).kind == "id" and text.endswith(ATTRIBUTES)
    if not is_attribute and any(word in text for word in aliases.words(True)[canonical] if len(word) >= 7):
        return 0.65, "contains a usual name"
    if difflib.get_close_matches(text, aliases.words(True)[canonical], n=1, cutoff=0.88):
        return 0.6, "is almost a usual name"
    return 0.0, ""


def _by_values(column: Column, item: entities.Column) -> tuple[float, str]:
    """How far the values agree with what the name says: a factor 0 to 1, and what was seen."""
    if not column.filled:
        return (0.3, "but holds nothing") if item.missing else (0.8, "but holds nothing")
    match item.kind:
        case "timestamp" | "date":
            # An end that is open may be told by a word of its own or the year 9999.
            share = max(column.day_share, column.dated * 0.9)
            return _agreeing(share, "dates")
        case "decimal":
            return _agreeing(column.number, "numbers")
        case "id":
            return _as_id(column, item.name)
        case "place" if item.name == "country":
            return (1.0, "and its values are countries") if column.country > 0.5 else (0.85, "")
    return _as_text(column, item.name)


def _agreeing(share: float, what: str) -> tuple[float, str]:
    if share >= 0.8:
        return 1.0, f"and its values are {what}"
    return share, f"but only {share:.0%} of its values are {what}"


def _as_id(column: Column, name: str) -> tuple[float, str]:
    if column.words > 0.5:
        return 0.6, "but its values are several words"
    # A position within an order is a small whole number that comes back in every order.
    if name == "line_id" and column.whole < 0.9:
        return 0.4, "but its values are no positions"
    if column.dated > 0.9 and column.whole < 0.5:
        return 0.2, "but its values are dates"
    return 1.0, ""


def _as_text(column: Column, name: str) -> tuple[float, str]:
    if name == "email":
        return _agreeing(column.mail, "addresses")
    if column.number > 0.9:
        return 0.5, "but its values are numbers"
    if name == "product_name" and column.samples and all(map(CODE.fullmatch, column.samples)):
        return 0.6, "but its values look like numbers of products"
    return 1.0, ""


def _by_values_alone(column: Column, item: entities.Column, entity: str) -> tuple[float, str]:
    """A column whose name says nothing, but whose values can hardly be anything else."""
    if item.name == "country" and column.country > 0.9 and column.repeats:
        return 0.6, "its values are countries"
    if item.name == "email" and column.mail > 0.9:
        return 0.7, "its values are addresses"
    if item.name == "customer_id" and entity == "order_lines" and column.mail > 0.9:
        return 0.4, "its values are addresses"
    if item.kind in ("timestamp", "date") and item.missing and column.day_share > 0.9 and column.whole < 0.5:
        return 0.4, "its values are dates"
    return 0.0, ""
