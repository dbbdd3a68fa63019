"""Accounts are found however their name is written, and exist once."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from dashapp.store import accounts, state
from tests.people import People


def test_a_name_is_found_however_it_is_written(people_on_both: People) -> None:
    with state.writing(people_on_both.engine) as connection:
        made = accounts.add(connection, "Zoë.Strauß", "Zoë", "viewer", people_on_both.clock())
        assert made.user_name == "zoë.strauss"
        for written in ("ZOË.STRAUSS", " zoë.strauß ", "Zoe\u0308.Strauß"):
            assert accounts.by_name(connection, written) == made
        for other in ("zoe.strauss", "zoë.strauss\0", "x" * 100, ""):
            assert accounts.by_name(connection, other) is None


def test_two_accounts_cannot_share_a_name(people_on_both: People) -> None:
    people_on_both.join("ann")
    with pytest.raises(IntegrityError), state.writing(people_on_both.engine) as connection:
        accounts.add(connection, "ANN", "", "viewer", people_on_both.clock())


def test_a_role_outside_the_four_is_refused_by_the_database(people_on_both: People) -> None:
    with pytest.raises(IntegrityError), state.writing(people_on_both.engine) as connection:
        accounts.add(connection, "eve", "", "root", people_on_both.clock())


def test_an_account_does_not_show_its_hash_when_printed(people: People) -> None:
    people.join("ann")
    account = people.account("ann")
    assert account.password_hash
    assert account.password_hash not in repr(account)
