"""Sessions, one-time links and sign-in attempts as rows. Tokens are never stored, only their SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from dashapp.store.tables import attempts, links, sessions

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of one browser."""

    session_hash: str
    user_id: int
    created_at: datetime
    last_seen_at: datetime
    ip: str
    user_agent: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """One invitation to set a password."""

    link_hash: str
    user_id: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed sign-ins under one key since `window_started_at`."""

    failures: int
    window_started_at: datetime
    blocked_until: datetime | None


def new_token() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored instead of a token. Plain SHA-256 will do: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(connection: Connection, session_hash: str, user_id: int, at: datetime, ip: str, user_agent: str) -> None:
    """A new session."""
    agent = "".join(character for character in user_agent if character.isprintable())[:300]
    values = {"session_hash": session_hash, "user_id": user_id, "created_at": at, "last_seen_at": at}
    connection.execute(insert(sessions).values(values | {"ip": ip[:64], "user_agent": agent}))


def find(connection: Connection, session_hash: str) -> Session | None:
    """The session, dead or alive."""
    row = connection.execute(select(sessions).where(sessions.c.session_hash == session_hash)).mappings().one_or_none()
    return Session(**row) if row else None


def touch(connection: Connection, session_hash: str, at: datetime) -> None:
    """Note that the session is in use."""
    connection.execute(update(sessions).where(sessions.c.session_hash == session_hash).values(last_seen_at=at))


def revoke(connection: Connection, session_hash: str, at: datetime) -> int | None:
    """End one session. Returns whose it was, or None when it was not alive."""
    alive = (sessions.c.session_hash == session_hash) & sessions.c.revoked_at.is_(None)
    query = update(sessions).where(alive).values(revoked_at=at).returning(sessions.c.user_id)
    return connection.execute(query).scalar_one_or_none()


def revoke_all(connection: Connection, user_id: int, at: datetime) -> int:
    """End every session of a user. Returns how many there were."""
    alive = (sessions.c.user_id == user_id) & sessions.c.revoked_at.is_(None)
    return connection.execute(update(sessions).where(alive).values(revoked_at=at)).rowcount


def forget(connection: Connection, before: datetime) -> None:
    """Drop what can no longer matter: sessions started, links expired and attempts counted before a moment."""
    connection.execute(delete(sessions).where(sessions.c.created_at < before))
    connection.execute(delete(links).where(links.c.expires_at < before))
    connection.execute(delete(attempts).where(attempts.c.window_started_at < before))


def add_link(connection: Connection, link_hash: str, user_id: int, at: datetime, expires_at: datetime) -> None:
    """A new link; the user's earlier ones stop working."""
    connection.execute(update(links).where(links.c.user_id == user_id, links.c.used_at.is_(None)).values(used_at=at))
    values = {"link_hash": link_hash, "user_id": user_id, "created_at": at, "expires_at": expires_at}
    connection.execute(insert(links).values(values))


def find_link(connection: Connection, link_hash: str) -> Link | None:
    """The link, used or not."""
    row = connection.execute(select(links).where(links.c.link_hash == link_hash)).mappings().one_or_none()
    return Link(**row) if row else None


def use_link(connection: Connection, link_hash: str, at: datetime) -> None:
    """Use the link up."""
    connection.execute(update(links).where(links.c.link_hash == link_hash).values(used_at=at))


def find_attempts(connection: Connection, key: str) -> Attempts | None:
    """What failed under this key."""
    columns = (attempts.c.failures, attempts.c.window_started_at, attempts.c.blocked_until)
    row = connection.execute(select(*columns).where(attempts.c.attempt_key == key)).mappings().one_or_none()
    return Attempts(**row) if row else None


def put_attempts(connection: Connection, key: str, value: Attempts | None) -> None:
    """Replace what is known under this key; None forgets it."""
    connection.execute(delete(attempts).where(attempts.c.attempt_key == key))
    if value:
        fields = {name: getattr(value, name) for name in ("failures", "window_started_at", "blocked_until")}
        connection.execute(insert(attempts).values(attempt_key=key, **fields))
