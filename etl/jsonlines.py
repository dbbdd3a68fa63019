"""JSON Lines as rows of text: one object per line, its keys the columns, objects inside it with dots.

    {"id": 7, "customer": {"email": "a@b.c"}, "total": 12.50}   ->   id, customer.email, total

Numbers keep the digits they were written with: 1e5 and 17850.0 stay what they are. A list is kept as its JSON text. A
line that is not one object, names a key twice or holds NUL or half a character is no row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from dashapp.errors import SourceError
from etl.textfile import open_text

MAX_NAMES = 1000
MAX_FIELD = 131_072
"""Characters; the limit of a CSV field, so that no format holds what another refuses."""


class NotARow(Exception):
    """The line is broken; the message is the reason code."""


@dataclass
class Keys:
    """Column names in the order they first appear."""

    places: dict[str, int] = field(default_factory=dict)

    def learn(self, names: Iterator[str]) -> None:
        for name in names:
            self.places.setdefault(name, len(self.places))


class _Number(str):
    """A number as it was written: not to be put in quotes when a list is written again."""


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Every physical line with its number, from 1, without its end."""
    with open_text(path) as text:
        for number, line in enumerate(text, start=1):
            yield number, line.rstrip("\r\n")


def header(path: Path, name: str) -> tuple[str, ...]:
    """Every key of every line that is a row. Raises SourceError when there is none, or more than a table can have."""
    keys = Keys()
    for _, line in lines(path):
        if line.strip():
            try:
                keys.learn(iter(row(line)))
            except NotARow:
                continue
        if len(keys.places) > MAX_NAMES:
            raise SourceError(
                f"{name} has more than {MAX_NAMES:,} different keys.", "Keys must be column names, not values."
            )
    if not keys.places:
        raise SourceError(f"No line of {name} is a JSON object.", "Write one object per line.")
    return tuple(keys.places)


def row(line: str) -> dict[str, str]:
    r"""The line as text by dotted key. Raises NotARow.

    >>> row('{"id": "00123", "n": 1e5, "who": {"id": 17850.0, "vip": true}, "tags": ["a", 1.10], "gone": null}')
    {'id': '00123', 'n': '1e5', 'who.id': '17850.0', 'who.vip': 'true', 'tags': '["a", 1.10]', 'gone': ''}
    """
    try:
        value = json.loads(
            line, parse_float=_Number, parse_int=_Number, parse_constant=_refuse, object_pairs_hook=_object
        )
    except (ValueError, RecursionError) as error:
        raise NotARow("bad_json") from error
    if not isinstance(value, dict):
        raise NotARow("bad_json")
    flat: dict[str, str] = {}
    _flatten(value, "", flat)
    return flat


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotARow("bad_json")
    return found


def _refuse(constant: str) -> NoReturn:
    raise NotARow("bad_json")


def _flatten(value: dict[str, Any], prefix: str, flat: dict[str, str]) -> None:
    for key, item in value.items():
        name = " ".join((prefix + key).split())
        if isinstance(item, dict) and item:
            _flatten(item, name + ".", flat)
            continue
        if name in flat:
            raise NotARow("bad_json")
        flat[name] = _checked(_text(item))
        _checked(name)


def _checked(text: str) -> str:
    if len(text) > MAX_FIELD:
        raise NotARow("field_too_long")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise NotARow("bad_json")
    return text


def _text(value: Any) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str) else _written(value)


def _written(value: Any) -> str:
    """A list as JSON text, its numbers as they were."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_written(key)}: {_written(item)}' for key, item in value.items())}}}"
    return value if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)
