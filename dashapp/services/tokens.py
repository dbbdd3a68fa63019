"""API tokens: a program acts for their owner, within their scopes, until they expire, are revoked or the owner goes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from dashapp.errors import InputError, NotSignedIn
from dashapp.services import throttle
from dashapp.services.access import NOT_FOR_TOKENS, PERMISSIONS, Principal, Role
from dashapp.services.login import TOUCH_EVERY
from dashapp.store import accounts, tokens
from dashapp.store.accounts import Account
from dashapp.store.journal import Journal
from dashapp.store.sessions import new_token, token_hash
from dashapp.store.state import Clock, now, reading, writing
from dashapp.store.tokens import Token

PREFIX = "tenure_"
"By which scanners of code and logs know a token that leaked."
LONGEST = timedelta(days=365)
MOST_CHARACTERS = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class Tokens:
    """The tokens of one installation. `actor` is who does it, as the journal names them."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def add(self, name: str, owner: str, scopes: Iterable[str], life: timedelta, actor: str) -> str:
        """A new token, which nobody can be shown again. Raises InputError."""
        if not _NAME.fullmatch(name):
            raise InputError("That cannot be the name of a token.", "Small letters, digits and . _ -, at most 40.")
        if not timedelta(0) < life <= LONGEST:
            raise InputError(f"A token lives for 1 to {LONGEST.days} days.", "Make a new one when it expires.")
        text, wanted = PREFIX + new_token(), frozenset(scopes)
        with writing(self._engine) as connection:
            account = accounts.by_name(connection, owner)
            if account is None or not account.enabled:
                raise InputError("There is no enabled account of that name.", "`users list` shows all of them.")
            _check_scopes(wanted, account)
            if tokens.by_name(connection, name):
                raise InputError(f"There is or was a token called {name}.", "`tokens list` shows all of them.")
            at = self._clock()
            tokens.add(connection, token_hash(text), name, account.user_id, wanted, (at, at + life))
            detail = {"owner": account.user_name, "scopes": sorted(wanted), "expires_at": at + life}
            self._journal.append_in(connection, "token:added", actor, f"token:{name}", detail)
        return text

    def all(self) -> tuple[tuple[Token, Account], ...]:
        """Every token with its owner, by name."""
        with reading(self._engine) as connection:
            owners = {account.user_id: account for account in accounts.all_accounts(connection)}
            return tuple((token, owners[token.user_id]) for token in tokens.all_tokens(connection))

    def revoke(self, name: str, actor: str) -> None:
        """End a token at once. Raises InputError where there is none."""
        with writing(self._engine) as connection:
            found = tokens.by_name(connection, name)
            if found is None:
                raise InputError("There is no token of that name.", "`tokens list` shows all of them.")
            if found.revoked_at is None:
                tokens.revoke(connection, name, self._clock())
                self._journal.append_in(connection, "token:revoked", actor, f"token:{name}")

    def principal(self, text: str, ip: str) -> Principal:
        """On whose behalf the holder of this token acts now. Raises NotSignedIn; Throttled after many that are none."""
        at, found, account = self._clock(), None, None
        if text.startswith(PREFIX) and len(text) <= MOST_CHARACTERS:
            with reading(self._engine) as connection:
                found = tokens.find(connection, token_hash(text))
                account = accounts.by_id(connection, found.user_id) if found else None
        if found is None or account is None or state(found, account, at) != "alive":
            raise self._refusal(found, ip, at)
        if found.last_used_at is None or not timedelta(0) <= at - found.last_used_at < TOUCH_EVERY:
            with writing(self._engine) as connection:
                tokens.touch(connection, found.token_hash, at)
        return Principal(
            account.user_id, account.user_name, Role(account.role), found.token_hash, found.name, found.scopes
        )

    def _refusal(self, found: Token | None, ip: str, at: datetime) -> NotSignedIn:
        """Count it; note it where there once was such a token, for that one may have leaked."""
        with writing(self._engine) as connection:
            throttle.enter_token(connection, ip, at)
            if found:
                self._note_refusal(connection, found, ip)
        return NotSignedIn("This token is not valid.", "`python -m dashapp tokens list` shows which are.")

    def _note_refusal(self, connection: Connection, found: Token, ip: str) -> None:
        self._journal.append_in(connection, "token:refused", "anonymous", f"token:{found.name}", {}, ip, "refused")


def state(token: Token, owner: Account, at: datetime) -> str:
    """What a token is at that moment: alive, revoked, expired, or its owner disabled."""
    if token.revoked_at is not None:
        return "revoked"
    if not owner.enabled:
        return "owner disabled"
    return "alive" if at < token.expires_at else "expired"


def _check_scopes(wanted: frozenset[str], owner: Account) -> None:
    """A token may do something, nothing that is kept for people, and nothing its owner may not."""
    if not wanted:
        raise InputError("A token needs at least one scope.", "For example `--scope customers:read`.")
    if unknown := sorted(wanted - set(PERMISSIONS)):
        raise InputError(f"There is no permission {unknown[0]!r}.", "docs/reference.md lists them.")
    if kept := sorted(wanted & NOT_FOR_TOKENS):
        raise InputError(f"{kept[0]} is not given to programs.", "Sign in for that.")
    holder = Principal(owner.user_id, owner.user_name, Role(owner.role), "")
    if more := sorted(scope for scope in wanted if not holder.may(scope)):
        raise InputError(f"{owner.user_name} may not {more[0]}.", "Give the token to somebody who may, or the role.")
