"""Coming in and going out: sign-in, sessions, one-time links. The clock is an argument; HTTP is not known here."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from dashapp.errors import InputError, WrongCredentials
from dashapp.logs import get_logger
from dashapp.services import throttle
from dashapp.services.access import Principal, Role
from dashapp.services.passwords import Hasher, require_strong
from dashapp.settings import Settings
from dashapp.store import accounts, sessions
from dashapp.store.accounts import Account
from dashapp.store.journal import Journal
from dashapp.store.sessions import Session, new_token, token_hash
from dashapp.store.state import Clock, now, reading, writing

LINK_LIFE = timedelta(hours=24)
KEEP = timedelta(days=30)
# A clock set back makes sessions look as if they came from the future; beyond this they are refused.
CLOCK_TOLERANCE = timedelta(minutes=5)
# Noting "last seen" costs a write; once a minute is exact enough for limits of minutes.
TOUCH_EVERY = timedelta(minutes=1)
FIRST_ADMIN = "admin"

log = get_logger(__name__)


class Login:
    """Sign-in for one installation. Safe to share between threads; all its memory is the state database."""

    def __init__(
        self, settings: Settings, engine: Engine, journal: Journal, clock: Clock = now, hasher: Hasher | None = None
    ) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock
        self._hasher = hasher or Hasher()
        self._context = (settings.shop_name,)
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._absolute = timedelta(hours=settings.session_absolute_hours)

    def sign_in(self, user_name: str, password: str, ip: str, user_agent: str) -> str:
        """A new session's token. Raises Throttled, or WrongCredentials that does not tell which of the two was wrong.

        Unknown users, disabled ones and those without a password cost the same hash and the same writes.
        """
        with writing(self._engine) as connection:
            wait = throttle.enter(connection, user_name, ip, self._clock())
            account = accounts.by_name(connection, user_name)
        stored = account.password_hash if account and account.enabled else None
        if not self._hasher.matches(stored, password) or account is None:
            raise self._refusal(account, ip, wait)
        renewed = self._hasher.hash(password) if self._hasher.outdated(account.password_hash or "") else None
        with writing(self._engine) as connection:
            return self._enter(connection, account, renewed, ip, user_agent)

    def principal(self, token: str, *, touch: bool = True) -> Principal | None:
        """Who holds this token now, with today's role; None for a session that is over.

        touch: whether this use keeps the session alive. Polls pass False.
        """
        at = self._clock()
        with reading(self._engine) as connection:
            session = sessions.find(connection, token_hash(token))
            account = accounts.by_id(connection, session.user_id) if session else None
        if session is None or account is None or not account.enabled or not self._alive(session, at):
            return None
        if touch and at - session.last_seen_at >= min(TOUCH_EVERY, self._idle / 10):
            with writing(self._engine) as connection:
                sessions.touch(connection, session.session_hash, at)
        return Principal(account.user_id, account.user_name, Role(account.role), session.session_hash)

    def sign_out(self, token: str) -> None:
        """End this session; its token is worthless from now on, wherever it was copied to."""
        with writing(self._engine) as connection:
            user_id = sessions.revoke(connection, token_hash(token), self._clock())
            if user_id is not None:
                self._note(connection, "account:signed_out", user_id)

    def sign_out_everywhere(self, user_id: int) -> int:
        """End every session of a user. Returns how many there were."""
        with writing(self._engine) as connection:
            count = sessions.revoke_all(connection, user_id, self._clock())
            self._note(connection, "account:signed_out_everywhere", user_id, sessions=count)
        return count

    def create_link(self, user_name: str, actor: str = "system") -> str:
        """A token with which the user may set a password, once, within LINK_LIFE; earlier ones stop working.

        Raises InputError for an account that is missing or disabled.
        """
        at, token = self._clock(), new_token()
        with writing(self._engine) as connection:
            account = accounts.by_name(connection, user_name)
            if account is None or not account.enabled:
                raise InputError("There is no enabled account of that name.", "`users list` shows all of them.")
            sessions.add_link(connection, token_hash(token), account.user_id, at, at + LINK_LIFE)
            self._journal.append_in(connection, "account:link_created", actor, f"user:{account.user_name}")
        return token

    def link_owner(self, token: str) -> str | None:
        """Whose link this is; None when it was used, replaced, has expired or never existed."""
        with reading(self._engine) as connection:
            account = self._link_account(connection, token)
        return account.user_name if account else None

    def redeem_link(self, token: str, password: str, ip: str, user_agent: str) -> str:
        """Set the password, end all other sessions and sign in: a session token. Uses the link up.

        Raises InputError for a weak password, which leaves the link usable, or a link that is not.
        """
        with reading(self._engine) as connection:
            account = self._link_account(connection, token)
        if account is not None:
            require_strong(password, (account.user_name, account.display_name, *self._context))
        hashed = self._hasher.hash(password) if account else ""
        with writing(self._engine) as connection:
            account = self._link_account(connection, token)
            if account is None:
                raise InputError("This link has been used or has expired.", "Ask an administrator for a new one.")
            sessions.use_link(connection, token_hash(token), self._clock())
            sessions.revoke_all(connection, account.user_id, self._clock())
            accounts.change(connection, account.user_id, password_hash=hashed, password_changed_at=self._clock())
            self._note(connection, "account:password_set", account.user_id, ip=ip)
            return self._start(connection, account, ip, user_agent)

    def _enter(self, connection: Connection, seen: Account, renewed: str | None, ip: str, user_agent: str) -> str:
        account = accounts.by_id(connection, seen.user_id)
        if account is None or not account.enabled or account.password_hash != seen.password_hash:
            raise _wrong()  # disabled, or the password changed, while it was being checked
        throttle.forgive(connection, account.user_name, ip, self._clock())
        if renewed:
            accounts.change(connection, account.user_id, password_hash=renewed)
        return self._start(connection, account, ip, user_agent)

    def _start(self, connection: Connection, account: Account, ip: str, user_agent: str) -> str:
        token, at = new_token(), self._clock()
        sessions.forget(connection, at - self._absolute - KEEP)
        sessions.start(connection, token_hash(token), account.user_id, at, ip, user_agent)
        accounts.change(connection, account.user_id, last_signed_in_at=at)
        self._note(connection, "account:signed_in", account.user_id, ip=ip)
        log.info("signed in", user_id=account.user_id)
        return token

    def _refusal(self, account: Account | None, ip: str, wait: int) -> WrongCredentials:
        """Note the failure. A name nobody has is not noted: people type passwords into that field."""
        target = f"user:{account.user_name}" if account else ""
        detail = {"known": account is not None, "blocked_seconds": wait}
        self._journal.append("account:login_failed", "anonymous", target, detail, ip, "refused")
        log.info("sign-in refused", user_id=account.user_id if account else None, blocked_seconds=wait)
        return _wrong()

    def _alive(self, session: Session, at: datetime) -> bool:
        return (
            session.revoked_at is None
            and at < session.created_at + self._absolute
            and session.last_seen_at - CLOCK_TOLERANCE <= at < session.last_seen_at + self._idle
        )

    def _link_account(self, connection: Connection, token: str) -> Account | None:
        link = sessions.find_link(connection, token_hash(token))
        if link is None or link.used_at is not None or not link.created_at <= self._clock() < link.expires_at:
            return None
        account = accounts.by_id(connection, link.user_id)
        return account if account and account.enabled else None

    def _note(self, connection: Connection, event: str, user_id: int, ip: str = "", **detail: int) -> None:
        account = accounts.by_id(connection, user_id)
        name = f"user:{account.user_name}" if account else ""
        self._journal.append_in(connection, event, name, name, detail, ip)


def _wrong() -> WrongCredentials:
    return WrongCredentials("The user name or the password is wrong.", "Check both and try again.")


def first_admin_link(engine: Engine, login: Login, clock: Clock = now) -> str | None:
    """A link for the first administrator; None once anybody has a password. There is no default password.

    Nobody but whoever reads the terminal or the logs of this start can use it.
    """
    with writing(engine) as connection:
        if accounts.any_password(connection):
            return None
        if accounts.by_name(connection, FIRST_ADMIN) is None:
            accounts.add(connection, FIRST_ADMIN, "Administrator", Role.ADMIN.value, clock())
    return login.create_link(FIRST_ADMIN)
