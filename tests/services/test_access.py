"""The table of permissions, as the brief of the product states it."""

from __future__ import annotations

import pytest

from dashapp.errors import NotAllowed
from dashapp.services.access import PERMISSIONS, TABLE, Principal, Role, require

GRANTED = {
    Role.VIEWER: {"home:read", "overview:read", "customers:read", "trust:read", "views:save"},
    Role.ANALYST: {
        "runs:read", "quality:read", "customers:contact", "exports:run", "compute:run", "segments:save",
        "annotations:write",
    },
    Role.OPERATOR: {"ingest:push", "refresh:run", "snapshots:rollback", "quality:work"},
    Role.ADMIN: {"accounts:manage", "journal:read", "views:manage"},
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_it_and_the_ones_before_it_may(role: Role) -> None:
    principal = Principal(1, "ann", role, "")
    upto = list(Role)[: list(Role).index(role) + 1]
    expected = set().union(*(GRANTED[lower] for lower in upto))
    assert {name for name in PERMISSIONS if principal.may(name)} == expected


def test_a_permission_nobody_declared_is_a_bug_even_for_an_admin() -> None:
    with pytest.raises(KeyError):
        Principal(1, "ann", Role.ADMIN, "").may("customers:delete")


def test_a_refusal_says_what_was_refused_and_who_may() -> None:
    with pytest.raises(NotAllowed, match=r"viewer.*Take data") as refusal:
        require(Principal(1, "vic", Role.VIEWER, ""), "exports:run")
    assert "analyst" in refusal.value.hint
    require(Principal(1, "ann", Role.ANALYST, ""), "exports:run")


def test_every_permission_is_explained_in_a_sentence() -> None:
    assert all(permission.meaning[0].isupper() and permission.meaning[-1] == "." for permission in TABLE.values())
