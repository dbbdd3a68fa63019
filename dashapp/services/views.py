"""Saved views: who sees which, and who may change them.

The owner changes a view; one of the team is seen by everybody signed in, and an administrator may remove it. Stars,
defaults and what was opened are each reader's own and no matter of the journal; every change of a view is. Whether a
reader may open the page of a view is for the web to say: it knows the pages.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection, Engine

from dashapp.errors import InputError, NotAllowed, NotFound
from dashapp.services.access import Principal, require
from dashapp.store import views as rows
from dashapp.store.journal import Journal
from dashapp.store.state import Clock, now, reading, writing
from dashapp.store.views import View

MAX_NAME = 80
MAX_PATH, MAX_QUERY = 120, 2000
MAX_OWNED = 200
HOME_ROWS = 6
SAVE, MANAGE = "views:save", "views:manage"
_OF_PEOPLE, _SEARCH = "/customers", "search"
"A page and the key of its address that may name a person."
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"Without what looks alike on paper."


class Views:
    """The views of one installation."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def seen(self, reader: Principal, path: str = "") -> tuple[View, ...]:
        """What the reader sees for one page, or for all: starred first, then by name."""
        with reading(self._engine) as connection:
            return rows.seen(connection, reader.user_id, path)

    def default(self, reader: Principal, path: str) -> View | None:
        """The view with which a page opens for the reader."""
        with reading(self._engine) as connection:
            return rows.default(connection, reader.user_id, path)

    def find(self, code: str, reader: Principal) -> View:
        """The view behind a link. Raises NotFound: the same for one that never was and one of somebody else."""
        with reading(self._engine) as connection:
            return self._seen(connection, code, reader)

    def for_home(self, reader: Principal) -> tuple[View, ...]:
        """Starred ones, then those opened by link or saved last. At most HOME_ROWS of each."""
        known = self.seen(reader)
        starred = [view for view in known if view.starred_at]
        used = [view for view in known if view.opened_at and not view.starred_at]
        last = sorted(used, key=lambda view: str(view.opened_at), reverse=True)
        return (*starred[:HOME_ROWS], *last[:HOME_ROWS])

    def save(self, reader: Principal, name: str, path: str, query: Mapping[str, str], *, is_team: bool) -> View:
        """Keep a page's address under a name. Raises InputError, NotAllowed."""
        require(reader, SAVE)
        named, text = _name(name), _query(path, query, is_team=is_team)
        with writing(self._engine) as connection:
            if rows.owned(connection, reader.user_id) >= MAX_OWNED:
                raise InputError(f"You keep {MAX_OWNED} views already.", "Delete one first.")
            self._refuse_double(connection, reader, path, named)
            code, owner = new_code(), (reader.user_id, reader.user_name)
            rows.add(connection, code, named, (path, text), owner, is_team, self._clock())
            view = self._seen(connection, code, reader)
            rows.mark(connection, view, reader.user_id, opened_at=self._clock())
            self._note(connection, "view:saved", reader, view)
            return view

    def rename(self, reader: Principal, code: str, name: str) -> View:
        """Raises InputError, NotAllowed, NotFound."""
        named = _name(name)
        with writing(self._engine) as connection:
            view = self._own(connection, code, reader)
            if named.casefold() != view.name.casefold():
                self._refuse_double(connection, reader, view.path, named)
            return self._change(connection, "view:renamed", reader, view, name=named)

    def share(self, reader: Principal, code: str, *, is_team: bool) -> View:
        """Show it to the team, or to the owner only again. Raises InputError, NotAllowed, NotFound."""
        with writing(self._engine) as connection:
            view = self._own(connection, code, reader)
            _query(view.path, dict(parse_qsl(view.query)), is_team=is_team)
            event = "view:shared" if is_team else "view:unshared"
            return self._change(connection, event, reader, view, is_team=is_team)

    def replace(self, reader: Principal, code: str, query: Mapping[str, str]) -> View:
        """From now on it stands for another address of its page. Raises InputError, NotAllowed, NotFound."""
        with writing(self._engine) as connection:
            view = self._own(connection, code, reader)
            text = _query(view.path, query, is_team=view.is_team)
            return self._change(connection, "view:replaced", reader, view, query=text)

    def remove(self, reader: Principal, code: str) -> View:
        """Nobody sees it any more; `restore` brings it back. Raises NotAllowed, NotFound."""
        with writing(self._engine) as connection:
            view = self._removable(self._seen(connection, code, reader), reader)
            return self._change(connection, "view:removed", reader, view, removed_at=self._clock())

    def restore(self, reader: Principal, code: str) -> View:
        """Raises NotAllowed, NotFound."""
        with writing(self._engine) as connection:
            view = rows.find(connection, code, reader.user_id)
            if view is None or view.removed_at is None:
                raise unknown()
            self._removable(view, reader)
            return self._change(connection, "view:restored", reader, view, removed_at=None)

    def star(self, reader: Principal, code: str, *, starred: bool) -> None:
        """Raises NotFound."""
        with writing(self._engine) as connection:
            view = self._seen(connection, code, reader)
            rows.mark(connection, view, reader.user_id, starred_at=self._clock() if starred else None)

    def opened(self, reader: Principal, code: str) -> View:
        """The view behind a link, noted as used. Raises NotFound."""
        with writing(self._engine) as connection:
            view = self._seen(connection, code, reader)
            rows.mark(connection, view, reader.user_id, opened_at=self._clock())
            return view

    def make_default(self, reader: Principal, code: str, *, is_default: bool) -> None:
        """Its page opens with it for this reader, or with none again. Raises NotFound."""
        with writing(self._engine) as connection:
            view = self._seen(connection, code, reader)
            rows.put_default(connection, reader.user_id, view.path, view if is_default else None)

    def _seen(self, connection: Connection, code: str, reader: Principal) -> View:
        view = rows.find(connection, code, reader.user_id)
        if view is None or view.removed_at or not (view.is_team or view.owner_id == reader.user_id):
            raise unknown()
        return view

    def _own(self, connection: Connection, code: str, reader: Principal) -> View:
        require(reader, SAVE)
        view = self._seen(connection, code, reader)
        if view.owner_id != reader.user_id:
            raise NotAllowed(f"Only {view.owner_name} may change this view.", "Save it under a name of your own.")
        return view

    def _removable(self, view: View, reader: Principal) -> View:
        if view.owner_id != reader.user_id:
            if not view.is_team:
                raise unknown()
            require(reader, MANAGE)
        return view

    def _refuse_double(self, connection: Connection, reader: Principal, path: str, name: str) -> None:
        mine = (view for view in rows.seen(connection, reader.user_id, path) if view.owner_id == reader.user_id)
        if any(view.name.casefold() == name.casefold() for view in mine):
            raise InputError(f"You have a view called {name!r} on this page already.", "Choose another name.")

    def _change(self, connection: Connection, event: str, reader: Principal, view: View, **values: object) -> View:
        rows.change(connection, view, changed_at=self._clock(), **values)
        changed = rows.find(connection, view.code, reader.user_id)
        assert changed is not None
        self._note(connection, event, reader, changed)
        return changed

    def _note(self, connection: Connection, event: str, reader: Principal, view: View) -> None:
        """Which keys the address has, not their values: what was searched for may name a person."""
        keys = sorted(dict(parse_qsl(view.query)))
        detail = {"name": view.name, "path": view.path, "team": view.is_team, "keys": keys}
        self._journal.append_in(connection, event, reader.actor, f"view:{view.code}", detail)


def new_code() -> str:
    """Ten characters: nobody needs to guess them, and the right to the page is checked all the same."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))


def _name(name: str) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 1 <= len(text) <= MAX_NAME:
        raise InputError("A view needs a name.", f"1 to {MAX_NAME} characters.")
    return text


def _query(path: str, query: Mapping[str, str], *, is_team: bool) -> str:
    text = urlencode(sorted(query.items()))
    if len(text) > MAX_QUERY or len(path) > MAX_PATH:
        raise InputError("This view chooses too much to be kept.", "Choose fewer values.")
    if is_team and path.startswith(_OF_PEOPLE) and query.get(_SEARCH):
        raise InputError(
            "A view with a search cannot be shown to the team: it may name a person.",
            "Clear the search, or keep it private.",
        )
    return text


def unknown() -> NotFound:
    """What is said of a view that never was, is gone, or is not for this reader."""
    return NotFound("There is no such view, or not for you.", "Ask who sent you the link to share it with the team.")
