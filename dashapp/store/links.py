"""Customer ids that an operator says are one person: `links.csv` in the data directory, one pair a line.

The file is small, readable and replaced as a whole. Deliveries are never changed: a refresh reads the links and counts
linked ids as one customer, and without the link it counts them apart again.
"""

from __future__ import annotations

import csv
import fcntl
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from dashapp.errors import InputError, NotFound, SettingsError
from dashapp.settings import Settings
from dashapp.store import fs


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Two ids of one person, the lexically first one first."""

    customer_id: str
    other_id: str
    linked_at: str
    "UTC, ISO 8601."
    actor: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.customer_id, self.other_id


HEADER = [field.name for field in fields(Link)]


def path(settings: Settings) -> Path:
    """Where the links are; the file need not exist."""
    return settings.data_dir / "links.csv"


def read(settings: Settings) -> tuple[Link, ...]:
    """Every link, by its ids. Raises SettingsError where the file is not what `write` writes."""
    file = path(settings)
    if not file.is_file():
        return ()
    try:
        header, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8")), strict=True)
        links = sorted(Link(*row) for row in rows)
    except (ValueError, TypeError, csv.Error) as error:
        raise _damaged(file, "it cannot be read") from error
    if header != HEADER or any(not link.customer_id < link.other_id for link in links):
        raise _damaged(file, f"it must have the columns {', '.join(HEADER)} and two different ids a line, in order")
    return tuple(links)


def add(settings: Settings, link: Link) -> None:
    """Keep a link. Raises InputError where it is there already."""
    with _writing(settings) as links:
        if link.pair in {known.pair for known in links}:
            raise InputError(f"{link.customer_id} and {link.other_id} are linked already.", "See `links list`.")
        _write(settings, [*links, link])


def remove(settings: Settings, pair: tuple[str, str]) -> Link:
    """Take a link away and return it. Raises NotFound where there is none between these ids."""
    with _writing(settings) as links:
        found = next((link for link in links if link.pair == pair), None)
        if found is None:
            raise NotFound(f"{pair[0]} and {pair[1]} are not linked.", "See `links list`.")
        _write(settings, [link for link in links if link != found])
    return found


def pair(one: str, other: str) -> tuple[str, str]:
    """The two ids in order. Raises InputError for one id twice.

    >>> pair("C-9", "C-10")
    ('C-10', 'C-9')
    """
    if one == other:
        raise InputError(f"{one} cannot be linked with itself.", "Name two different customer numbers.")
    return (one, other) if one < other else (other, one)


def groups(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The lexically first id of the connected ids, for every id of a pair.

    >>> groups([("b", "c"), ("a", "c"), ("x", "y")])
    {'b': 'a', 'c': 'a', 'a': 'a', 'x': 'x', 'y': 'x'}
    """
    above: dict[str, str] = {}

    def first(customer: str) -> str:
        while (parent := above.setdefault(customer, customer)) != customer:
            above[customer] = above[parent]
            customer = parent
        return customer

    for one, other in pairs:
        low, high = sorted((first(one), first(other)))
        above[high] = low
    return {customer: first(customer) for customer in above}


@contextmanager
def _writing(settings: Settings) -> Iterator[tuple[Link, ...]]:
    """The links, while nobody else changes them."""
    with (settings.folder("state") / "links.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read(settings)


def _write(settings: Settings, links: Iterable[Link]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([HEADER, *(astuple(link) for link in sorted(links))])
    fs.write(path(settings), text.getvalue())


def _damaged(file: Path, why: str) -> SettingsError:
    return SettingsError(f"{file} cannot be used: {why}.", "Restore it, or move it away to count every id by itself.")
