"""What the filter `saved` may hold: the text of rules, or the name of a kept list of customers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from dashapp.domain.rule_fields import Kind
from dashapp.domain.rules import Rule, Rules
from dashapp.errors import FilterError

_LIST = re.compile(r"list:([a-z0-9_-]{16,64})")


def list_text(key: str) -> str:
    """The value that names a kept list."""
    return f"list:{key}"


def list_key(text: str) -> str:
    """The key of a kept list, or "" for rules.

    >>> list_key("list:" + "a" * 32) == "a" * 32, list_key("country~is~France")
    (True, '')
    """
    found = _LIST.fullmatch(text)
    return found.group(1) if found else ""


def is_list(text: str) -> bool:
    """Whether a value names a kept list."""
    return bool(list_key(text))


def canonical(text: str) -> str:
    """The one spelling of a value. Raises FilterError for what is neither list nor rules."""
    if not isinstance(text, str):
        raise FilterError("saved", "A saved segment must be a text.", "Correct the address.")
    return text if is_list(text) else Rules.from_text(text).text


def sentence(text: str, currency: str = "") -> str:
    """A value in words."""
    return "a fixed list of customers" if is_list(text) else Rules.from_text(text).sentence(currency)


def narrowed(saved: Sequence[str], rules: Rules) -> Rules:
    """Rules for those in any of the saved segments who meet the rules as well.

    Raises FilterError for a kept list, and where one side would say where the sales of the other were made.
    """
    alternatives = [group for text in saved for group in Rules.from_text(text).groups] or [()]
    kinds = [{rule.about.kind for group in groups for rule in group} for groups in (alternatives, rules.groups)]
    if any(Kind.MADE in one and {Kind.SPAN, Kind.CHANGE} & other for one, other in (kinds, kinds[::-1])):
        raise FilterError("saved", "Both count sales of their own places.", "Choose one of them.")
    return Rules(tuple((*group, *more) for group in alternatives for more in rules.groups))


def moved(earlier: date, before: str, later: date, after: str) -> Rules:
    """Who was in one segment on a day and in another on a later day."""
    moments = ((earlier, before), (later, after))
    return Rules((tuple(Rule("segment_on", "is", (f"{day:%Y-%m-%d} {segment}",)) for day, segment in moments),))
