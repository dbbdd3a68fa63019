"""What stands in the rows of the builder, read into rules and back; errors by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any

from dashapp.domain.ranges import RANGES
from dashapp.domain.rule_fields import BETWEEN, FIELDS, IS_NOT, OPERATORS, Field, Kind
from dashapp.domain.rules import Rule, Rules, parts_of_span
from dashapp.errors import FilterError

ROWS = 8
FIRST_FIELD = "country"
SEPARATOR = ";"
"Between several values of one row."
THESE_DAYS = "custom"
"In place of a relative period: two days of one's own."
_NAMED = {
    "started_with": "product", "segment_on": "segment", "changed_in": "change", "made_in": "country",
    "made_by": "channel",
}  # fmt: skip
_PICKED = (Kind.BOUGHT, Kind.MOMENT, Kind.CHANGE, Kind.MADE)


def picked(about: Field) -> str:
    """What is picked for a field from a list: product, category or segment; empty where values are written.

    >>> picked(FIELDS["returned_in"]), picked(FIELDS["category"]), picked(FIELDS["bought_in"])
    ('product', 'category', '')
    """
    if about.kind is Kind.SPAN:
        return about.unit
    return _NAMED.get(about.name, about.name) if about.kind in _PICKED else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the browser."""

    join: str = "and"
    field: str = FIRST_FIELD
    operator: str = "is"
    values: str = ""
    "As written, for fields whose values are."
    upper: str = ""
    "The second value of between."
    when: str = "l12m"
    "One of RANGES or THESE_DAYS."
    first: str = ""
    last: str = ""
    first_before: str = ""
    last_before: str = ""
    search: str = ""
    "Words looked for among what can be picked."
    things: tuple[str, ...] = ()
    "What was picked."

    @classmethod
    def read(cls, given: Sequence[Any]) -> Row:
        """From what a callback gets; anything of another type is empty, and what cannot be gives way to the usual."""
        named = dict(zip((part.name for part in fields(cls)), given, strict=True))
        things = named.pop("things")
        picks = things if isinstance(things, list) else []
        texts: dict[str, Any] = {name: value if isinstance(value, str) else "" for name, value in named.items()}
        row = cls(**texts, things=tuple(one for one in picks if isinstance(one, str)))
        name = row.field if row.field in FIELDS else FIRST_FIELD
        allowed = OPERATORS[FIELDS[name].kind]
        operator = row.operator if row.operator in allowed else allowed[0]
        return replace(row, field=name, operator=operator, when=row.when if row.when in RANGES else THESE_DAYS)

    @property
    def about(self) -> Field:
        return FIELDS[self.field]

    @property
    def is_dated(self) -> bool:
        """Whether it asks for two days."""
        return self.about.kind is Kind.CHANGE or (self.about.kind is Kind.SPAN and self.when == THESE_DAYS)

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be filled in."""
        needed = [bool(self.things)] if picked(self.about) else []
        if self.is_dated or self.about.kind is Kind.MOMENT:
            needed.append(bool(self.first))
        if self.is_dated:
            needed.append(bool(self.last))
        if self.about.kind is Kind.CHANGE:
            needed.append(bool(self.first_before and self.last_before))
        is_written = not picked(self.about) and self.about.kind is not Kind.SPAN
        return not (bool(self.values.strip()) if is_written else all(needed))

    @property
    def rule(self) -> Rule:
        """Raises FilterError."""
        kind = self.about.kind
        if kind is Kind.SPAN:
            when = f"{self.first} {self.last}" if self.when == THESE_DAYS else self.when
            values = tuple(f"{when} {thing}".strip() for thing in self.things or ("",))
        elif kind is Kind.MOMENT:
            values = tuple(f"{self.first} {thing}" for thing in self.things)
        elif kind is Kind.CHANGE:
            days = f"{self.first} {self.last} {self.first_before} {self.last_before}"
            values = tuple(f"{days} {thing}" for thing in self.things)
        elif kind in _PICKED:
            values = self.things
        elif self.operator == BETWEEN:
            values = (self.values, self.upper)
        else:
            values = tuple(text for text in self.values.split(SEPARATOR) if text.strip())
        return Rule(self.field, self.operator, values)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rows in use come to."""

    rules: Rules | None
    "None while a row cannot be read."
    errors: dict[int, str]
    "By number of the row; rows that wait for a value are not wrong yet and have none."
    is_open: bool
    "Whether a row waits for its value."


def rows_of(rules: Rules) -> tuple[Row, ...]:
    """The rows that say these rules. Raises FilterError for more than the builder holds."""
    groups = [group for each in rules.groups for group in _told_apart(each)]
    found = [
        _row_of(rule, "or" if place == 0 and number else "and")
        for number, group in enumerate(groups)
        for place, rule in enumerate(group)
    ]
    if len(found) > ROWS:
        raise FilterError("rules", f"The builder holds {ROWS} conditions; this segment has {len(found)}.", "")
    return tuple(found)


def _told_apart(group: tuple[Rule, ...]) -> list[tuple[Rule, ...]]:
    """Groups that say the same, every rule of which is about one span or day, as a row can show."""
    each = [_alternatives(rule) for rule in group]
    return [tuple(rule for rules in choice for rule in rules) for choice in product(*each)]


def _alternatives(rule: Rule) -> list[tuple[Rule, ...]]:
    """The rule by span: within any of these is any of them, never within any is all of them."""
    by_span: dict[str, list[str]] = {}
    for value in rule.values:
        by_span.setdefault(_dated(rule, value)[0], []).append(value)
    told = [replace(rule, values=tuple(values)) for values in by_span.values()]
    return [tuple(told)] if rule.operator == IS_NOT else [(one,) for one in told]


def _dated(rule: Rule, value: str) -> tuple[str, str]:
    """The span or day of a value, and what is picked beside it."""
    if rule.about.kind is Kind.SPAN:
        return parts_of_span(value)
    if rule.about.kind is Kind.CHANGE:
        *days, change = value.split(" ", 4)
        return " ".join(days), change
    day, _, segment = value.partition(" ") if rule.about.kind is Kind.MOMENT else ("", "", value)
    return day, segment


def _row_of(rule: Rule, join: str) -> Row:
    row = Row(join, rule.field, rule.operator)
    if rule.operator == BETWEEN:
        return replace(row, values=rule.values[0], upper=rule.values[1])
    if rule.about.kind not in (Kind.SPAN, *_PICKED):
        return replace(row, values=f"{SEPARATOR} ".join(rule.values))
    told = [_dated(rule, value) for value in rule.values]
    when = told[0][0]
    first, last, *before = [*when.split(" "), "", "", ""][:4]
    things = tuple(thing for _, thing in told if thing)
    if when in RANGES:
        return replace(row, when=when, things=things)
    dated = replace(row, when=THESE_DAYS if last else row.when, first=first, last=last, things=things)
    return replace(dated, first_before=before[0], last_before=before[1])


def judge(rows: Mapping[int, Row]) -> Judged:
    """The rules of these rows by number, or which of them cannot be read and why."""
    groups: list[list[Rule]] = [[]]
    errors: dict[int, str] = {}
    is_open = not rows
    for place, (number, row) in enumerate(sorted(rows.items())):
        if place and row.join == "or":
            groups.append([])
        if row.is_waiting:
            is_open = True
            continue
        try:
            groups[-1].append(row.rule)
        except FilterError as error:
            errors[number] = error.sentence()
    if errors or is_open:
        return Judged(None, errors, is_open)
    return Judged(Rules(tuple(tuple(group) for group in groups)), {}, is_open)
