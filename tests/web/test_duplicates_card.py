"""The card of customer numbers that may be one person: who sees why, and what merging would change."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.services import duplicates
from dashapp.services.access import Principal, Role
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.journal import Journal
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.pages import customers
from tests.etl.conftest import Refresh, order_lines
from tests.etl.conftest import refresh as refresh
from tests.etl.test_duplicate_sensitivity import accounts
from tests.web.test_analyse_pages import text

VIEWER = Principal(1, "vic", Role.VIEWER, "")
ANALYST = Principal(2, "ann", Role.ANALYST, "")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def snapshot(refresh: Refresh, settings: Settings) -> Snapshot:
    lines = [(f"o{n}", f"2024-0{n + 1}-01 09:00", f"c{n:03d}", "cup", 2, 10) for n in range(3)]
    crowd = accounts(24, tuple(range(3, 24)))
    crowd.loc[[0, 1], "email"] = ["Kim@Home.example", "kim@home.example"]
    refresh(order_lines=order_lines(*lines), customers=crowd)
    return Snapshots(settings).current()


@pytest.fixture
def journal(settings: Settings) -> Journal:
    return Journal.open(settings, state.open(settings))


def test_the_address_that_two_numbers_share_is_for_those_who_may_see_contacts(snapshot: Snapshot, journal: Journal):
    shown = {
        reader.role: text(customers.show_same(duplicates.candidates(snapshot, reader, journal), snapshot))
        for reader in (VIEWER, ANALYST)
    }
    for page in shown.values():
        assert "Pairs that may be one person: 1; counted apart: 1." in page
        assert "c000" in page
        assert "50.0\u00a0%" in page
        assert "Left out, values shared by more than 20 customer numbers, like the mailbox of a firm: 1." in page
        assert "mail3" not in page
    assert "kim@home.example" in shown[Role.ANALYST]
    assert "kim" not in shown[Role.VIEWER].casefold()
    assert [(look.event, look.actor, look.target) for look in journal.recent()] == [
        ("customer:contacts_listed", ANALYST.actor, "duplicate_candidates")
    ]
