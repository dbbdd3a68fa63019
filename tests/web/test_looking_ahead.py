"""What a reader may choose next is known to the snapshot before they choose it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.services import ahead
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot
from tests.web.conftest import House, open_house
from tests.web.walking import visit

PAGES = ("/overview", "/audit", "/retention", "/segments")


@pytest.fixture
def looking(tmp_path: Path, sample_warehouse: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An application that looks ahead at once."""
    monkeypatch.setenv("TENURE_LOOKS_AHEAD", "true")
    monkeypatch.setattr(ahead, "QUIET_SECONDS", 0.01)
    monkeypatch.setattr(ahead, "MOST_SECONDS", 1e9)  # of a crowded machine
    monkeypatch.setattr("dashapp.web.door.QUICK_SECONDS", 1e9)
    house = open_house(tmp_path, sample_warehouse)
    yield house
    house.services.ahead.close()


def asked_by(house: House, path: str, search: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that a visit puts to the store itself."""
    found: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("_framed", "_rows"):
            ask = getattr(Snapshot, name)

            def noted(self: Snapshot, sql: str, *values: Any, ask: Any = ask) -> Any:
                found.extend([] if ahead.is_ahead() else [sql])
                return ask(self, sql, *values)

            patch.setattr(Snapshot, name, noted)
        visit(house, path, "analyst", search)
    return found


def settled(house: House) -> None:
    """Until the thread has nothing left to ask."""
    until = time.monotonic() + 120
    while not house.services.ahead.is_done:
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("path", PAGES)
def test_every_view_one_choice_away_asks_the_store_nothing(
    looking: House, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked_by(looking, path, "", monkeypatch)
    noted = looking.services.journal.recent()
    settled(looking)
    assert looking.services.journal.recent() == noted, "it only reads"
    for one in ({"range": "l90d"}, {"range": "all"}, {"compare": "none"}, {"basis": "gross_sales"}):
        search = "?" + "&".join(f"{key}={value}" for key, value in one.items())
        left = set(asked_by(looking, path, search, monkeypatch)) - set(first)
        assert not left, (one, left)


def test_neighbours_are_one_choice_away() -> None:
    view = Filters(range="l90d", country=("France",))
    for near in view.neighbours():
        told, own = near.to_query(), view.to_query()
        assert len({key for key in told.keys() | own.keys() if told.get(key) != own.get(key)}) == 1
        assert near.country == ("France",)
