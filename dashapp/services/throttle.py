"""How often one may try to sign in, and take files out. Counted where all processes see it.

An attempt is counted before its password is looked at and forgiven when it was right, so that attempts made at the
same moment cannot slip through together.
"""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

from sqlalchemy import Connection

from dashapp.errors import Throttled
from dashapp.store import sessions
from dashapp.store.accounts import folded
from dashapp.store.sessions import Attempts

WINDOW = timedelta(minutes=5)
USER_LIMIT, ADDRESS_LIMIT = 5, 50
EXPORT_WINDOW = timedelta(hours=1)
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(minutes=15)


def enter(connection: Connection, user_name: str, ip: str, at: datetime) -> int:
    """Count an attempt. Returns for how many seconds the next one will wait; raises Throttled while one must wait."""
    user, address = _keys(user_name, ip)
    user_attempts, address_attempts = (_current(connection, key, at) for key in (user, address))
    counted = _count_user(user_attempts, at)
    sessions.put_attempts(connection, user, counted)
    sessions.put_attempts(connection, address, _count_address(address_attempts))
    return _seconds(counted.blocked_until, at)


def forgive(connection: Connection, user_name: str, ip: str, at: datetime) -> None:
    """The attempt was right: forget this user's failures from here, and do not count it against the address."""
    user, address = _keys(user_name, ip)
    sessions.put_attempts(connection, user, None)
    known = _window(connection, address, at)
    sessions.put_attempts(connection, address, Attempts(max(known.failures - 1, 0), known.window_started_at, None))


def enter_token(connection: Connection, ip: str, at: datetime) -> None:
    """Count a token that is none against its address. Raises Throttled while that address must wait."""
    key = _hash(f"tokens:{ip}")
    sessions.put_attempts(connection, key, _count_address(_current(connection, key, at)))


def enter_export(connection: Connection, user_id: int, kind: str, limit: int, at: datetime) -> None:
    """Count an export of a kind, named in the plural. Raises Throttled for those beyond `limit` within an hour."""
    key = _hash(f"exports:{user_id}:{kind}")
    known = sessions.find_attempts(connection, key)
    if known is None or not timedelta() <= at - known.window_started_at < EXPORT_WINDOW:
        known = Attempts(0, at, None)
    if known.failures >= limit:
        wait = _seconds(known.window_started_at + EXPORT_WINDOW, at)
        raise Throttled(
            f"You have exported {limit} {kind} within an hour, which is the most.",
            f"Export again in {math.ceil(wait / 60)} minutes.",
            wait_seconds=wait,
        )
    sessions.put_attempts(connection, key, Attempts(known.failures + 1, known.window_started_at, None))


def _keys(user_name: str, ip: str) -> tuple[str, str]:
    return _hash(f"user:{folded(user_name)}\n{ip}"), _hash(f"address:{ip}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _current(connection: Connection, key: str, at: datetime) -> Attempts:
    """What is known under a key. Raises Throttled while it is blocked."""
    known = _window(connection, key, at)
    if wait := _seconds(known.blocked_until, at):
        raise Throttled("Too many attempts to sign in.", "Wait, then try again.", wait_seconds=wait)
    return known


def _window(connection: Connection, key: str, at: datetime) -> Attempts:
    """The attempts that still count. After a delay failures keep adding up until a quiet LONGEST_DELAY has passed."""
    known = sessions.find_attempts(connection, key)
    if known is None or known.window_started_at > at + LONGEST_DELAY:  # the clock was set back
        return Attempts(0, at, None)
    ends = known.blocked_until + LONGEST_DELAY if known.blocked_until else known.window_started_at + WINDOW
    return known if at < ends else Attempts(0, at, None)


def _count_user(known: Attempts, at: datetime) -> Attempts:
    failures = known.failures + 1
    if failures < USER_LIMIT:
        return Attempts(failures, known.window_started_at, None)
    delay = min(FIRST_DELAY * 2 ** min(failures - USER_LIMIT, 10), LONGEST_DELAY)
    return Attempts(failures, known.window_started_at, at + delay)


def _count_address(known: Attempts) -> Attempts:
    failures = known.failures + 1
    until = known.window_started_at + WINDOW if failures >= ADDRESS_LIMIT else None
    return Attempts(failures, known.window_started_at, until)


def _seconds(until: datetime | None, at: datetime) -> int:
    return max(0, math.ceil((until - at).total_seconds())) if until else 0
