"""Who may do what: four roles, one table of permissions, one question. Everything not named here is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dashapp.errors import NotAllowed


class Role(StrEnum):
    """From least to most; each role may do everything the one before it may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Permission:
    """A thing one may do."""

    lowest: Role
    meaning: str
    "One sentence."


TABLE = {
    "home:read": Permission(Role.VIEWER, "See what the product knows and how fresh it is."),
    "overview:read": Permission(Role.VIEWER, "See key figures and charts of the whole shop."),
    "views:save": Permission(Role.VIEWER, "Keep views of pages under a name, and show them to the team."),
    "trust:read": Permission(
        Role.VIEWER, "See how wrong the predictions were in the past, and what they may be used for."
    ),
    "customers:read": Permission(Role.VIEWER, "See the customers and each one's figures, without contact data."),
    "customers:contact": Permission(Role.ANALYST, "See customers' names and e-mail addresses; every look is noted."),
    "exports:run": Permission(Role.ANALYST, "Take data and charts out as files."),
    "segments:save": Permission(Role.ANALYST, "Save customer segments; change, share and remove one's own."),
    "compute:run": Permission(Role.ANALYST, "Recompute predictions with other assumptions."),
    "runs:read": Permission(Role.ANALYST, "See the deliveries, the checks and what each refresh did."),
    "quality:read": Permission(Role.ANALYST, "See the quality of the data, its issues and sample rows."),
    "quality:work": Permission(Role.OPERATOR, "Take, assign, comment, resolve, ignore and reopen issues of the data."),
    "ingest:push": Permission(Role.OPERATOR, "Push rows through the API and follow what becomes of them."),
    "refresh:run": Permission(Role.OPERATOR, "Load a delivery and publish a new snapshot."),
    "snapshots:rollback": Permission(Role.OPERATOR, "Put an earlier snapshot back in front of everybody."),
    "accounts:manage": Permission(Role.ADMIN, "Create and disable accounts, assign roles, end sessions."),
    "views:manage": Permission(Role.ADMIN, "Remove views that others show to the team."),
    "journal:read": Permission(Role.ADMIN, "Read the journal of who did what."),
}
PERMISSIONS: dict[str, Role] = {name: permission.lowest for name, permission in TABLE.items()}
"The lowest role that has each permission."
NOT_FOR_TOKENS = frozenset({"accounts:manage", "journal:read"})
"What a program may never do, whoever owns its token."
_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody signed in, as of this request."""

    user_id: int
    user_name: str
    role: Role
    session_hash: str
    token_name: str = ""
    "The API token used; empty for a person with a session."
    scopes: frozenset[str] | None = None
    "Permissions a token is limited to; None: everything the role may."

    def may(self, permission: str) -> bool:
        """Whether this principal has the permission. Raises KeyError for one that does not exist.

        >>> [Principal(1, "ann", role, "").may("exports:run") for role in Role]
        [False, True, True, True]
        """
        held = _RANK[self.role] >= _RANK[PERMISSIONS[permission]]
        return held and (self.scopes is None or permission in self.scopes)

    @property
    def scope(self) -> str:
        """The part of a cache key that keeps what one role sees from another."""
        return self.role.value if self.scopes is None else " ".join([self.role.value, *sorted(self.scopes)])

    @property
    def actor(self) -> str:
        """How the journal names this principal."""
        return f"token:{self.user_name}/{self.token_name}" if self.token_name else f"user:{self.user_name}"


def require(principal: Principal, permission: str) -> None:
    """Raises NotAllowed where the permission is missing."""
    if principal.scopes is not None and permission not in principal.scopes:
        raise NotAllowed(
            f"This token may not do this: {TABLE[permission].meaning}",
            f"Its owner can make one with the scope {permission}.",
        )
    if not principal.may(permission):
        raise NotAllowed(
            f"Your role, {principal.role.value}, may not do this: {TABLE[permission].meaning}",
            f"It takes the role {PERMISSIONS[permission].value}; an administrator can assign it.",
        )
