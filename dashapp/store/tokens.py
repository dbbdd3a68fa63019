"""API tokens as rows. A token is never stored, only its SHA-256."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from dashapp.store.tables import tokens


@dataclass(frozen=True, slots=True)
class Token:
    """One token, alive or not."""

    token_hash: str
    name: str
    user_id: int
    scopes: frozenset[str]
    "Permissions, at most those of its owner."
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def add(
    connection: Connection, token_hash: str, name: str, user_id: int, scopes: Iterable[str], life: tuple[datetime, ...]
) -> None:
    """A new token; `life` is when it begins and ends."""
    values = {"token_hash": token_hash, "name": name, "user_id": user_id, "scopes": " ".join(sorted(scopes))}
    connection.execute(insert(tokens).values(values | {"created_at": life[0], "expires_at": life[1]}))


def find(connection: Connection, token_hash: str) -> Token | None:
    """The token of that hash, dead or alive."""
    row = connection.execute(select(tokens).where(tokens.c.token_hash == token_hash)).mappings().one_or_none()
    return _token(row) if row else None


def by_name(connection: Connection, name: str) -> Token | None:
    """The token of that name, dead or alive."""
    row = connection.execute(select(tokens).where(tokens.c.name == name)).mappings().one_or_none()
    return _token(row) if row else None


def all_tokens(connection: Connection) -> tuple[Token, ...]:
    """Every token, by name."""
    return tuple(_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.name)).mappings())


def touch(connection: Connection, token_hash: str, at: datetime) -> None:
    """Note that the token is in use."""
    connection.execute(update(tokens).where(tokens.c.token_hash == token_hash).values(last_used_at=at))


def revoke(connection: Connection, name: str, at: datetime) -> None:
    """End a token; when it ended first stays."""
    alive = (tokens.c.name == name) & tokens.c.revoked_at.is_(None)
    connection.execute(update(tokens).where(alive).values(revoked_at=at))


def _token(row: RowMapping) -> Token:
    values = {name: row[name] for name in row if name not in ("token_id", "scopes")}
    return Token(scopes=frozenset(row["scopes"].split()), **values)
