"""Texts of a file that could not be read, and what a person says they mean: once for a column, for all its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashapp.domain.canonical import KINDS, ORDERS
from dashapp.errors import InputError

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Text:
    """One text of one column, as delivered."""

    canonical: str
    column: str
    "Name in the file."
    text: str
    lines: int
    "Rows that are refused for it; none once it is read."
    read: str | None
    "What is read in its place; empty: not known; None: it is read as it is written."
    may_be_unknown: bool
    "Whether a row counts without this value."


def texts(arguments: Mapping[str, Any], plan: Mapping[str, Any]) -> list[Text]:
    """What a check can be told about its texts: those refused most often, then those with a meaning already.

    arguments: of the check; plan: what it found. None where the file was not read by a mapping.
    """
    part = _part(arguments)
    said = {(name, text): read for name, given in part.get("values", {}).items() for text, read in given.items()}
    refused = {
        (str(reject["canonical"]), str(example["value"])): int(example.get("lines") or 0)
        for reject in plan.get("rejects") or ()
        if reject.get("canonical") in part.get("columns", {})
        for example in reject.get("examples") or ()
        if example.get("value")
    }
    places = [*refused, *(place for place in said if place not in refused)]
    optional = {column.name for column in KINDS[_entity(arguments)].optional}
    return [
        Text(name, part["columns"][name], text, refused.get((name, text), 0), said.get((name, text)), name in optional)
        for name, text in places
    ]


def meanings(known: Sequence[Text], reads: Any, unknown: Any) -> dict[str, dict[str, str]]:
    """`values` of a mapping from a form: what each text is read as, and whether it is ticked as not known.

    A text with neither is read as it is written. Raises InputError, also where nothing is new.
    """
    if not (isinstance(reads, list) and isinstance(unknown, list) and len(reads) == len(unknown) == len(known)):
        raise InputError("The form does not fit the file.", "Load the page again.")
    said = [_said(text, *given) for text, *given in zip(known, reads, unknown, strict=True)]
    if said == [text.read for text in known]:
        raise InputError("No text was given another meaning.", "Write what a text is to be read as first.")
    values: dict[str, dict[str, str]] = {}
    for text, read in zip(known, said, strict=True):
        if read is not None:
            values.setdefault(text.canonical, {})[text.text] = read
    return values


def _said(text: Text, typed: Any, ticked: Any) -> str | None:
    read, is_unknown = typed.strip() if isinstance(typed, str) else "", bool(ticked) and text.may_be_unknown
    if read and is_unknown:
        raise InputError(f"{text.text!r} is ticked as not known and has a meaning.", "Give it one of both.")
    if len(read) > LONGEST:
        raise InputError(f"What {text.text!r} is read as has more than {LONGEST} characters.", "Make it shorter.")
    return read if read or is_unknown else None


def _entity(arguments: Mapping[str, Any]) -> str:
    """What the file of a check holds: said where it adds to the data, else what its mapping is about."""
    about = next(iter((arguments.get("mapping") or {}).get("entities") or ()), ORDERS)
    return str(arguments.get("entity") or about)


def _part(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of the mapping of a check that reads its file."""
    entities = (arguments.get("mapping") or {}).get("entities") or {}
    part = entities.get(_entity(arguments))
    return part if isinstance(part, Mapping) else {}
