"""LOCAL SHIM until state lands; never committed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dashapp.errors import NotAllowed


class Role(StrEnum):
    VIEWER = "viewer"
    ANALYST = "analyst"
    OPERATOR = "operator"
    ADMIN = "admin"


ORDER = list(Role)
PERMISSIONS = {
    "home:read": Role.VIEWER, "overview:read": Role.VIEWER, "customers:read": Role.VIEWER, "runs:read": Role.ANALYST,
    "customers:contact": Role.ANALYST, "exports:run": Role.ANALYST, "compute:run": Role.ANALYST,
    "refresh:run": Role.OPERATOR, "snapshots:rollback": Role.OPERATOR, "accounts:manage": Role.ADMIN, "journal:read": Role.ADMIN,
}


@dataclass(frozen=True)
class Principal:
    user_id: int
    user_name: str
    role: Role
    session_hash: str = ""

    def may(self, permission: str) -> bool:
        return ORDER.index(self.role) >= ORDER.index(PERMISSIONS[permission])


def require(principal: Principal, permission: str) -> None:
    if not principal.may(permission):
        raise NotAllowed("You may not do this.", "Ask an administrator for the permission.")
