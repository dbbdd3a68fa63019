"""Keeping accounts: names, the last administrator, and what is noted."""

from __future__ import annotations

import pytest

from dashapp.errors import InputError
from dashapp.services.access import Role
from tests.people import People


@pytest.mark.parametrize("name", ["", "  ", "-ann", "ann smith", "ann\nx", "<b>", "a" * 65, "ann\0", "ann/.."])
def test_what_cannot_be_a_name_is_refused(people: People, name: str) -> None:
    with pytest.raises(InputError, match="cannot be a user name"):
        people.accounts.add(name, Role.VIEWER, "", "cli:test")


def test_a_second_account_of_a_name_is_refused(people: People) -> None:
    people.accounts.add("ann", Role.VIEWER, "", "cli:test")
    with pytest.raises(InputError, match="already"):
        people.accounts.add("ANN", Role.ADMIN, "", "cli:test")
    assert people.account("ann").role == "viewer"


def test_the_last_administrator_stays(people_on_both: People) -> None:
    people = people_on_both
    people.accounts.add("ann", Role.ADMIN, "", "cli:test")
    people.accounts.add("bob", Role.ADMIN, "", "cli:test")
    people.accounts.disable("bob", "cli:test")
    with pytest.raises(InputError, match="last administrator"):
        people.accounts.disable("ann", "cli:test")
    with pytest.raises(InputError, match="last administrator"):
        people.accounts.assign("ann", Role.VIEWER, "cli:test")
    people.accounts.enable("bob", "cli:test")
    people.accounts.assign("ann", Role.VIEWER, "cli:test")
    assert [(account.user_name, account.role) for account in people.accounts.all()] == [
        ("ann", "viewer"),
        ("bob", "admin"),
    ]


def test_a_change_of_role_is_noted_with_before_and_after(people: People) -> None:
    people.accounts.add("ann", Role.VIEWER, "", "cli:test")
    people.accounts.assign("ann", Role.ANALYST, "user:root")
    entry = people.journal.recent(1)[0]
    assert (entry.event, entry.actor, entry.target) == ("account:role_assigned", "user:root", "user:ann")
    assert entry.detail == {"before": "viewer", "after": "analyst"}
