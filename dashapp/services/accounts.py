"""Keeping accounts: who is let in, as what, and that somebody can always let people in."""

from __future__ import annotations

import re

from sqlalchemy import Connection, Engine

from dashapp.errors import InputError
from dashapp.services.access import Role
from dashapp.store import accounts, sessions
from dashapp.store.accounts import Account, folded
from dashapp.store.journal import Journal
from dashapp.store.state import Clock, now, reading, writing

_NAME = re.compile(r"\w[\w.@+-]{0,63}")


class Accounts:
    """The accounts of one installation. `actor` is who does it, as the journal names them."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock

    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        with reading(self._engine) as connection:
            return accounts.all_accounts(connection)

    def add(self, user_name: str, role: Role, display_name: str, actor: str) -> Account:
        """A new account; it needs a one-time link before anybody can sign in. Raises InputError."""
        name = folded(user_name)
        if not _NAME.fullmatch(name):
            raise InputError(
                "That cannot be a user name.", "Up to 64 letters, digits and . @ + - _, starting with a letter."
            )
        with writing(self._engine) as connection:
            if accounts.by_name(connection, name):
                raise InputError(f"There is an account called {name} already.", "`users list` shows all of them.")
            account = accounts.add(connection, name, display_name.strip()[:120] or name, role.value, self._clock())
            self._note(connection, "account:added", actor, account, role=role.value)
        return account

    def assign(self, user_name: str, role: Role, actor: str) -> None:
        """Give an account another role. Its sessions end, so nothing shown under the old role stays usable."""
        with writing(self._engine) as connection:
            account = self._existing(connection, user_name)
            if account.role == role.value:
                return
            if role is not Role.ADMIN:
                self._keep_an_admin(connection, account)
            accounts.change(connection, account.user_id, role=role.value)
            sessions.revoke_all(connection, account.user_id, self._clock())
            self._note(connection, "account:role_assigned", actor, account, before=account.role, after=role.value)

    def disable(self, user_name: str, actor: str) -> None:
        """Keep an account out, at once and everywhere. Its history stays. Raises InputError for the last admin."""
        with writing(self._engine) as connection:
            account = self._existing(connection, user_name)
            if not account.enabled:
                return
            self._keep_an_admin(connection, account)
            accounts.change(connection, account.user_id, disabled_at=self._clock())
            sessions.revoke_all(connection, account.user_id, self._clock())
            self._note(connection, "account:disabled", actor, account)

    def enable(self, user_name: str, actor: str) -> None:
        """Let a disabled account in again; its password and role are what they were."""
        with writing(self._engine) as connection:
            account = self._existing(connection, user_name)
            accounts.change(connection, account.user_id, disabled_at=None)
            self._note(connection, "account:enabled", actor, account)

    def _existing(self, connection: Connection, user_name: str) -> Account:
        account = accounts.by_name(connection, user_name)
        if account is None:
            raise InputError("There is no account of that name.", "`users list` shows all of them.")
        return account

    def _keep_an_admin(self, connection: Connection, account: Account) -> None:
        if account.role == Role.ADMIN.value and account.enabled and accounts.enabled_admins(connection) < 2:
            raise InputError("This is the last administrator.", "Make somebody else one first.")

    def _note(self, connection: Connection, event: str, actor: str, account: Account, **detail: str) -> None:
        self._journal.append_in(connection, event, actor, f"user:{account.user_name}", detail)
