"""Saved views as rows, each with what one reader thinks of it: starred, opened, the page's default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, insert, or_, select, update

from dashapp.store.view_tables import view_defaults, view_marks, views


@dataclass(frozen=True, slots=True)
class View:
    """A page's part of the address under a name, as one reader sees it."""

    id: int
    code: str
    "Names it in short links."
    name: str
    path: str
    query: str
    "Without ?."
    owner_id: int
    owner_name: str
    is_team: bool
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None
    starred_at: datetime | None
    "By this reader."
    opened_at: datetime | None
    "By this reader, through its link."
    is_default: bool
    "The page opens with it for this reader."

    @property
    def href(self) -> str:
        """The address it stands for."""
        return f"{self.path}?{self.query}" if self.query else f"{self.path}?view=plain"

    @property
    def link(self) -> str:
        """The short address, for others."""
        return f"/v/{self.code}"


def add(
    connection: Connection, code: str, name: str, address: tuple[str, str], owner: tuple[int, str], is_team: bool,
    at: datetime,
) -> int:  # fmt: skip
    """A new view; its number. `address`: path and query; `owner`: number and name."""
    values = {
        "code": code,
        "name": name,
        "path": address[0],
        "query": address[1],
        "owner_id": owner[0],
        "owner_name": owner[1],
        "is_team": is_team,
        "created_at": at,
        "changed_at": at,
    }
    return int(connection.execute(insert(views).values(values).returning(views.c.view_id)).scalar_one())


def seen(connection: Connection, user_id: int, path: str = "") -> tuple[View, ...]:
    """The reader's own and the team's, of one page or of all: starred first, then by name."""
    wanted = and_(_visible(user_id), views.c.path == path) if path else _visible(user_id)
    order = (view_marks.c.starred_at.is_(None), func.lower(views.c.name), views.c.view_id)
    rows = connection.execute(_of_reader(user_id).where(wanted).order_by(*order)).mappings()
    return tuple(_view(row) for row in rows)


def removed(connection: Connection, user_id: int) -> tuple[View, ...]:
    """What the reader could see until it was removed, the latest first."""
    wanted = and_(views.c.removed_at.is_not(None), or_(views.c.owner_id == user_id, views.c.is_team))
    rows = connection.execute(_of_reader(user_id).where(wanted).order_by(views.c.removed_at.desc())).mappings()
    return tuple(_view(row) for row in rows)


def find(connection: Connection, code: str, user_id: int) -> View | None:
    """The view of that code, whoever owns it, removed or not."""
    row = connection.execute(_of_reader(user_id).where(views.c.code == code)).mappings().one_or_none()
    return _view(row) if row else None


def default(connection: Connection, user_id: int, path: str) -> View | None:
    """The view with which a page opens for the reader, while they may see it."""
    wanted = and_(_visible(user_id), view_defaults.c.path == path)
    row = connection.execute(_of_reader(user_id).where(wanted)).mappings().one_or_none()
    return _view(row) if row else None


def owned(connection: Connection, user_id: int) -> int:
    """How many views somebody keeps."""
    mine = and_(views.c.owner_id == user_id, views.c.removed_at.is_(None))
    return int(connection.execute(select(func.count()).select_from(views).where(mine)).scalar_one())


def change(connection: Connection, view: View, **values: Any) -> None:
    """New values of the view itself."""
    connection.execute(update(views).where(views.c.view_id == view.id).values(values))


def mark(connection: Connection, view: View, user_id: int, **values: Any) -> None:
    """What a reader thinks of it: `starred_at`, `opened_at`."""
    own = and_(view_marks.c.user_id == user_id, view_marks.c.view_id == view.id)
    if connection.execute(update(view_marks).where(own).values(values)).rowcount == 0:
        connection.execute(insert(view_marks).values(user_id=user_id, view_id=view.id, **values))


def put_default(connection: Connection, user_id: int, path: str, view: View | None) -> None:
    """Replace the view with which a page opens for a reader; None: with none."""
    own = and_(view_defaults.c.user_id == user_id, view_defaults.c.path == path)
    connection.execute(delete(view_defaults).where(own))
    if view:
        connection.execute(insert(view_defaults).values(user_id=user_id, path=path, view_id=view.id))


def _visible(user_id: int) -> ColumnElement[bool]:
    return and_(views.c.removed_at.is_(None), or_(views.c.owner_id == user_id, views.c.is_team))


def _of_reader(user_id: int) -> Any:
    marks = and_(view_marks.c.view_id == views.c.view_id, view_marks.c.user_id == user_id)
    defaults = and_(view_defaults.c.view_id == views.c.view_id, view_defaults.c.user_id == user_id)
    columns = (views, view_marks.c.starred_at, view_marks.c.opened_at, view_defaults.c.path.label("default_path"))
    return select(*columns).select_from(views).outerjoin(view_marks, marks).outerjoin(view_defaults, defaults)


def _view(row: RowMapping) -> View:
    values = {name: row[name] for name in row if name not in ("view_id", "default_path")}
    return View(id=row["view_id"], is_default=row["default_path"] is not None, **values)
