"""Accounts: who may come in. Rows and nothing else; who decides is `services.login` and `services.accounts`."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from dashapp.store.tables import users


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """One account. `repr` is the default object's: the hash never reaches a log."""

    user_id: int
    user_name: str
    display_name: str
    role: str
    password_hash: str | None
    password_changed_at: datetime | None
    created_at: datetime
    disabled_at: datetime | None
    last_signed_in_at: datetime | None

    @property
    def enabled(self) -> bool:
        return self.disabled_at is None


def folded(user_name: str) -> str:
    """A user name as it is stored and compared.

    >>> folded("  Zoë.STRASSE "), folded("ＡＤＭＩＮ")
    ('zoë.strasse', 'admin')
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", user_name).casefold()).strip()


def by_name(connection: Connection, user_name: str) -> Account | None:
    """The account of that name, however it is written."""
    name = folded(user_name)
    if not name.isprintable() or len(name) > users.c.user_name.type.length:  # type: ignore[attr-defined]
        return None
    return _one(connection.execute(select(users).where(users.c.user_name == name)).mappings().one_or_none())


def by_id(connection: Connection, user_id: int) -> Account | None:
    """The account of that number."""
    return _one(connection.execute(select(users).where(users.c.user_id == user_id)).mappings().one_or_none())


def all_accounts(connection: Connection) -> tuple[Account, ...]:
    """Every account, by name."""
    rows = connection.execute(select(users).order_by(users.c.user_name)).mappings()
    return tuple(Account(**row) for row in rows)


def add(connection: Connection, user_name: str, display_name: str, role: str, at: datetime) -> Account:
    """A new account without a password: nobody can sign in until a one-time link was used."""
    values = {"user_name": folded(user_name), "display_name": display_name, "role": role, "created_at": at}
    row = connection.execute(insert(users).values(values).returning(users)).mappings().one()
    return Account(**row)


def change(connection: Connection, user_id: int, **values: Any) -> None:
    """Set columns of one account."""
    connection.execute(update(users).where(users.c.user_id == user_id).values(values))


def any_password(connection: Connection) -> bool:
    """Whether somebody has ever set a password here."""
    return connection.execute(select(func.count()).where(users.c.password_hash.is_not(None))).scalar_one() > 0


def enabled_admins(connection: Connection) -> int:
    """How many administrators could sign in or be sent a link."""
    query = select(func.count()).where(users.c.role == "admin", users.c.disabled_at.is_(None))
    return connection.execute(query).scalar_one()


def _one(row: RowMapping | None) -> Account | None:
    return Account(**row) if row else None
