"""From a bad delivery to a closed issue and back: refreshes, the state database, what readers see meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashapp.domain.issues import State
from dashapp.errors import QualityStop
from dashapp.settings import Settings
from dashapp.store import quality, state
from dashapp.store.publish import Warehouse
from dashapp.store.quality import Ticket
from etl import pipeline
from tests.deliveries import know_handwritten, written
from tests.etl.conftest import NOW, Refresh, order_lines
from tests.etl.loading import Heard

GOOD = (
    ("o1", "2024-01-01 09:00", "ann", "cup", 2, 10),
    ("o2", "2024-02-01 09:00", "ben", "pen", 1, 5),
)
BAD = ("o9", "2024-02-02 09:00", "ann", "cup", "many", 10)
STOPPING = "reject_share"


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    made = state.open(settings)
    yield made
    made.dispose()


def issue_of(engine: Engine, check_id: str = STOPPING) -> Ticket:
    with state.reading(engine) as connection:
        (found,) = [ticket for ticket in quality.tickets(connection) if ticket.rule.check_id == check_id]
    return found


def served(settings: Settings) -> str:
    return Warehouse(settings.data_dir / "warehouse").current().snapshot_id


def test_a_stop_opens_an_issue_that_the_corrected_source_closes_and_the_next_fault_reopens(
    refresh: Refresh, settings: Settings, engine: Engine
) -> None:
    refresh(order_lines=order_lines(*GOOD))
    before = served(settings)

    with pytest.raises(QualityStop):
        refresh(order_lines=order_lines(*GOOD, BAD))
    opened = issue_of(engine)
    assert served(settings) == before
    assert (opened.issue.state, opened.issue.severity, opened.issue.occurrences) == (State.NEW, "stop", 1)
    assert opened.rule.statement.startswith("select")
    assert opened.sample[0]["rejected_rows"] == 1

    corrected = refresh(order_lines=order_lines(*GOOD, (*BAD[:4], 3, 10)))
    closed = issue_of(engine)
    assert served(settings) == corrected.snapshot_id != before
    assert (closed.id, closed.issue.state, closed.issue.verified_at) == (opened.id, State.RESOLVED, NOW)

    with pytest.raises(QualityStop):
        refresh(order_lines=order_lines(*GOOD, (*BAD[:4], "lots", 10)))
    back = issue_of(engine)
    assert served(settings) == corrected.snapshot_id
    assert (back.id, back.issue.state, back.issue.occurrences, back.issue.reopened) == (opened.id, State.NEW, 2, 1)
    with state.reading(engine) as connection:
        assert [event.action for event in quality.events(connection, back.id)] == ["reopened", "verified", "opened"]
        assert [(run.stopped, run.snapshot_id) for run in quality.runs(connection, 9)] == [
            (True, None), (False, corrected.snapshot_id), (True, None), (False, before),
        ]  # fmt: skip


def test_a_finding_that_stops_nothing_carries_its_money_and_customers(refresh: Refresh, engine: Engine) -> None:
    refresh(
        order_lines=order_lines(
            *GOOD,
            ("o3", "2024-02-02 09:00", None, "cup", 1, 7.5),
            ("o4", "2024-02-03 09:00", "ann", "cup", 2, 0),
            ("o5", "2024-02-03 09:00", "ben", "cup", 2, 0),
        )
    )
    nameless, free = issue_of(engine, "lines_without_customer").issue, issue_of(engine, "zero_prices").issue
    assert (nameless.offending_rows, nameless.checked_rows, nameless.amount) == (1, 5, Decimal("7.50"))
    assert nameless.owner == "data operator"
    assert (nameless.due_at - nameless.first_seen_at).total_seconds() == 72 * 3600
    assert free.offending_rows == 2


def test_a_state_database_that_cannot_be_written_fails_no_refresh_and_hears_of_it_at_the_next(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (settings.data_dir / "state").write_text("in the way")
    know_handwritten(monkeypatch, {})
    asked, heard = written(tmp_path / "delivery", {"order_lines": order_lines(*GOOD)}), Heard()
    assert pipeline.refresh(asked, settings, heard, lambda: NOW).published
    assert any("quality history has no entry" in note for note in heard.notes)

    (settings.data_dir / "state").unlink()
    for _ in range(2):
        again = pipeline.refresh(pipeline.Request(), settings, heard, lambda: NOW)
    engine = state.open(settings)
    with state.reading(engine) as connection:
        (kept,) = quality.runs(connection, 9)
        assert (kept.snapshot_id, again.published) == (served(settings), False)
        assert [ticket.rule.check_id for ticket in quality.tickets(connection)] == ["freshness"]
    engine.dispose()
