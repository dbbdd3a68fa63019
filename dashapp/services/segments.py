"""Segments people keep: saved from any view, private or for the team, every change a version and a line in the journal.

Who owns one changes it; an administrator may change the team's. To everybody else a private one does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.rules import Rules
from dashapp.domain.rules_of_view import rules_of
from dashapp.domain.saved import list_text
from dashapp.errors import InputError, NotAllowed, NotFound
from dashapp.services import customers
from dashapp.services.access import Principal, Role, require
from dashapp.services.search import search
from dashapp.store import kept_lists, segments
from dashapp.store.journal import Journal
from dashapp.store.segments import Definition, SavedSegment, Version
from dashapp.store.snapshot import Snapshot
from dashapp.store.state import Clock, now, reading, writing

MAY_SAVE = "segments:save"
MOST_CUSTOMERS = 200_000
"In a fixed list."
LONGEST_NAME = 80
KINDS = ("dynamic", "static")
VISIBILITIES = ("private", "team")


@dataclass(frozen=True, slots=True)
class _Found:
    """What a view holds, read before the state database is locked."""

    rules: Rules | None
    "None for a fixed list."
    ids: tuple[str, ...]
    "Of a fixed list."
    count: int


class Segments:
    """The saved segments of one installation."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def save(
        self, principal: Principal, name: str, filters: Filters, listing: Listing, kind: str = "dynamic", *,
        snapshot: Snapshot, visibility: str = "private",
    ) -> SavedSegment:  # fmt: skip
        """Keep the customers of a view under a name: by its conditions, or (static) these very customers.

        The period is not part of it: it chooses sales, not customers. `snapshot` is the one shown.
        Raises InputError (FilterError where no conditions can say the view), NotAllowed.
        """
        require(principal, MAY_SAVE)
        name = _name(name)
        _one_of("kind", kind, KINDS)
        _one_of("visibility", visibility, VISIBILITIES)
        found = _read(principal, filters, listing, kind, snapshot)
        with writing(self._engine) as connection:
            self._check_free(connection, name, principal)
            what = self._what(connection, found, filters, listing, snapshot)
            owner = (principal.user_id, principal.user_name)
            made = segments.add(connection, name, kind, visibility, what, owner, principal.actor, self._clock())
            self._note(connection, "segment:saved", principal, made, {"customers": what.customers})
        return made

    def change(
        self, principal: Principal, segment_id: int, filters: Filters, listing: Listing, *, snapshot: Snapshot
    ) -> SavedSegment:
        """Let a segment mean another view, in the kind it has. Raises InputError, NotFound, NotAllowed."""
        require(principal, MAY_SAVE)
        found = _read(principal, filters, listing, self.get(principal, segment_id).kind, snapshot)
        with writing(self._engine) as connection:
            segment = self._own(connection, principal, segment_id)
            what = self._what(connection, found, filters, listing, snapshot)
            return self._changed(connection, principal, segment, "changed", what=what)

    def all(self, principal: Principal) -> tuple[SavedSegment, ...]:
        """The reader's own and the team's, by name."""
        with reading(self._engine) as connection:
            return segments.every(connection, principal.user_id)

    def get(self, principal: Principal, segment_id: int) -> SavedSegment:
        """One of them, removed ones included. Raises NotFound."""
        with reading(self._engine) as connection:
            return self._seen(connection, principal, segment_id)

    def versions(self, principal: Principal, segment_id: int) -> tuple[Version, ...]:
        """What it was and who changed it, the newest first. Raises NotFound."""
        with reading(self._engine) as connection:
            self._seen(connection, principal, segment_id)
            return segments.versions(connection, segment_id)

    def rename(self, principal: Principal, segment_id: int, name: str) -> SavedSegment:
        """Raises InputError, NotFound, NotAllowed."""
        name = _name(name)
        with writing(self._engine) as connection:
            segment = self._own(connection, principal, segment_id)
            if segment.name == name:
                return segment
            self._check_free(connection, name, principal, segment_id)
            return self._changed(connection, principal, segment, "renamed", name=name)

    def share(self, principal: Principal, segment_id: int, visibility: str) -> SavedSegment:
        """Show it to the team, or to its owner only. Raises InputError, NotFound, NotAllowed."""
        _one_of("visibility", visibility, VISIBILITIES)
        with writing(self._engine) as connection:
            segment = self._own(connection, principal, segment_id)
            return self._changed(connection, principal, segment, "shared", visibility=visibility)

    def remove(self, principal: Principal, segment_id: int) -> SavedSegment:
        """Take it away; `restore` brings it back. Raises NotFound, NotAllowed."""
        with writing(self._engine) as connection:
            segment = self._own(connection, principal, segment_id)
            if segment.removed_at is not None:
                return segment
            return self._changed(connection, principal, segment, "removed", removed_at=self._clock())

    def restore(self, principal: Principal, segment_id: int) -> SavedSegment:
        """Undo `remove`. Raises InputError where its name was taken meanwhile, NotFound, NotAllowed."""
        with writing(self._engine) as connection:
            segment = self._own(connection, principal, segment_id)
            if segment.removed_at is None:
                return segment
            self._check_free(connection, segment.name, principal, segment_id)
            return self._changed(connection, principal, segment, "restored", removed_at=None)

    def _changed(
        self, connection: Connection, principal: Principal, segment: SavedSegment, action: str, **new: Any
    ) -> SavedSegment:
        segments.change(connection, segment, action, principal.actor, self._clock(), **new)
        changed = self._seen(connection, principal, segment.id)
        self._note(connection, f"segment:{action}", principal, changed, {"version": changed.version})
        return changed

    def _what(
        self, connection: Connection, found: _Found, filters: Filters, listing: Listing, snapshot: Snapshot
    ) -> Definition:
        """What is kept of a view; a fixed list is written in the same transaction."""
        if found.rules is not None:
            sentence = found.rules.sentence(snapshot.facts.currency)
            return Definition(found.rules.text, sentence, snapshot.id, found.count)
        key = kept_lists.add(connection, found.ids, self._clock())
        return Definition(list_text(key), _view_words(filters, listing), snapshot.id, found.count)

    def _seen(self, connection: Connection, principal: Principal, segment_id: int) -> SavedSegment:
        found = segments.find(connection, segment_id)
        if found is None or (found.visibility != "team" and found.owner_id != principal.user_id):
            raise NotFound("There is no such segment.", "Choose one of the list.")
        return found

    def _own(self, connection: Connection, principal: Principal, segment_id: int) -> SavedSegment:
        require(principal, MAY_SAVE)
        found = self._seen(connection, principal, segment_id)
        if found.owner_id != principal.user_id and principal.role is not Role.ADMIN:
            raise NotAllowed(f"{found.name} belongs to {found.owner_name}.", "Ask them, or save one of your own.")
        return found

    def _check_free(self, connection: Connection, name: str, principal: Principal, but: int = 0) -> None:
        taken = segments.named(connection, name, principal.user_id)
        if taken and taken.id != but:
            raise InputError(f"There is a segment called {taken.name} already.", "Choose another name.")

    def _note(
        self, connection: Connection, event: str, principal: Principal, segment: SavedSegment, detail: dict[str, Any]
    ) -> None:
        about = {"name": segment.name, "kind": segment.kind, "visibility": segment.visibility}
        self._journal.append_in(connection, event, principal.actor, f"segment:{segment.id}", about | detail)


def _read(principal: Principal, filters: Filters, listing: Listing, kind: str, snapshot: Snapshot) -> _Found:
    """The rules of a view and how many meet them, or the customers in it. Raises InputError."""
    if kind == "dynamic":
        rules = rules_of(filters, listing)
        totals = snapshot.frame("segment_totals", Filters(saved=(rules.text,)))
        return _Found(rules, (), int(totals["customers"].iloc[0]))
    meant = search(snapshot, listing.words, may_contact=principal.may(customers.MAY_CONTACT))
    frame = snapshot.frame(
        "customers_list", filters, **listing.parameters(), **meant.parameters, **customers.order(listing),
        contact=False, limit=MOST_CUSTOMERS + 1, offset=0, after=None, after_place=0,
    )  # fmt: skip
    if not 0 < len(frame) <= MOST_CUSTOMERS:
        text = f"A fixed list holds 1 to {MOST_CUSTOMERS:,} customers; this view has {len(frame):,} or more."
        raise InputError(text, "Change the filters.")
    return _Found(None, tuple(sorted(frame["customer_id"])), len(frame))


def _view_words(filters: Filters, listing: Listing) -> str:
    """What was chosen when a list was fixed."""
    chosen = [f"{name} {text}" for name, text in listing.to_query().items() if name != "sort"]
    return ", ".join([*filters.choices(), *chosen]) or "all customers"


def _name(name: str) -> str:
    """A name without blanks around it. Raises InputError."""
    given = " ".join(name.split()) if isinstance(name, str) else ""
    if not 0 < len(given) <= LONGEST_NAME or not given.isprintable():
        raise InputError("A segment needs a name.", f"Up to {LONGEST_NAME} letters, digits and signs.")
    return given


def _one_of(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise InputError(f"{given!r} is no {what} of a segment.", f"Use {' or '.join(allowed)}.")
