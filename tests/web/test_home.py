"""Home: every number is its key figure's and leads to it, five things at most, and a way in on the first day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.domain.ranges import Period
from dashapp.services.access import Principal, Role
from dashapp.store.metrics import MetricValue
from dashapp.store.schedules import Schedule
from dashapp.store.snapshot import Snapshot
from dashapp.web import format as fmt
from dashapp.web.components import attention, today
from dashapp.web.pages import home
from tests.web.conftest import House

NOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
ADMIN = Principal(4, "admin", Role.ADMIN, "")
VIEWER = Principal(1, "viewer", Role.VIEWER, "")


@pytest.fixture(scope="module")
def snapshot(house: House) -> Snapshot:
    return house.services.snapshots.current()


def links(part: Component) -> dict[str, str]:
    """Text of every link to its address."""
    return {str(item.children): item.href for item in part._traverse() if getattr(item, "href", None)}


def test_every_number_of_the_sentence_is_its_key_figure_and_leads_to_it(snapshot: Snapshot) -> None:
    found = links(today.narrative(snapshot, today.measured(snapshot)))
    for text, address in found.items():
        asked = urlsplit(address)
        filters = Filters.from_query(dict(parse_qsl(asked.query)))
        if asked.path == "/segments":
            moves = snapshot.frame("segment_moves", filters, from_day=None, to_day=None)
            count, name = text.split(" ", 1)
            assert int(count.replace(",", "")) in list(moves.loc[moves["from_segment"] == name, "customers"])
        else:
            money = [snapshot.metric(name, filters) for name in ("net_sales", "residual_value", "value_at_risk")]
            words = [fmt.value_of(figure.value, "money", snapshot.facts.currency) for figure in money]
            assert text in [*words, fmt.delta(money[0].value, money[0].previous)]
    assert len(found) >= 4


def test_a_line_ends_at_the_key_figure_beside_it(snapshot: Snapshot) -> None:
    blocks, values = snapshot.frame("recent_blocks"), today.measured(snapshot)
    assert len(blocks) == 13
    for name in today.FIGURES:
        assert float(blocks[name].iloc[-1]) == pytest.approx(values[name].value)
    first = blocks.iloc[0]
    days = Period(pd.Timestamp(first["first_day"]).date(), pd.Timestamp(first["last_day"]).date())
    told = snapshot.metric("active_customers", Filters(range="custom", start=days.start, end=days.end))
    assert (days.days, first["active_customers"]) == (28, told.value)


def test_who_may_not_see_predicted_money_reads_a_sentence_without_it(snapshot: Snapshot) -> None:
    values = today.measured(snapshot) | dict.fromkeys(today.WORTH, MetricValue(None, reason="not valid"))
    assert "at risk" not in str(today.narrative(snapshot, values))


def test_without_orders_there_is_no_line_and_no_sale(snapshot: Snapshot) -> None:
    none = dict.fromkeys([*today.FIGURES, *today.WORTH], MetricValue(None, reason="Load orders."))
    assert " sold " not in str(today.narrative(snapshot, none))
    told = str(today.figures(snapshot, none))
    assert "sparkline" not in told
    assert "Load orders." in told


def schedule(cron: str, zone: str, **more: Any) -> Schedule:
    made = Schedule(1, "s", "refresh", {}, 1, "opal", cron, zone, NOW, NOW, None, "", None)
    return replace(made, **more)


def test_the_next_refresh_is_the_first_of_the_schedules_that_run() -> None:
    late, early = schedule("0 6 * * *", "UTC"), schedule("30 5 * * *", "Europe/Berlin")
    assert today.next_refresh((late, early), NOW) == "Sat 28 Mar 2026 at 05:30 (Europe/Berlin)"
    assert today.next_refresh((late, replace(early, paused_at=NOW)), NOW) == "Sat 28 Mar 2026 at 06:00 (UTC)"
    assert today.next_refresh((schedule("0 18 * * *", "UTC"),), NOW) == "today at 18:00 (UTC)"
    assert today.next_refresh((replace(late, kind="plan"),), NOW) == ""


class _Jobs:
    def __init__(self, *states: str) -> None:
        self.found = [type("J", (), {"id": 7 - i, "kind": "refresh", "state": state, "message": "Full."})()
                      for i, state in enumerate(states)]  # fmt: skip


@pytest.mark.parametrize(
    ("states", "expected"), [(("failed", "done"), 7), (("running", "lost"), 6), (("done", "failed"), None), ((), None)]
)
def test_a_failed_run_needs_attention_until_one_goes_well(states: tuple[str, ...], expected: int | None) -> None:
    job = attention.last_load(_Jobs(*states).found)
    assert (job.id if job and job.state in attention.FAILED else None) == expected


def test_no_line_leads_where_the_reader_may_not_go(house: House, snapshot: Snapshot) -> None:
    risk = snapshot.metric("value_at_risk")
    for reader in (VIEWER, ADMIN):
        rows = attention.rows(house.services, snapshot, reader, risk)
        assert 1 <= len(rows) <= attention.MOST
        paths = {urlsplit(address).path for row in rows for address in links(row).values()}
        assert paths <= (
            {"/customers", "/trust"} if reader is VIEWER else {"/customers", "/trust", "/quality", "/data"}
        )


def test_an_empty_store_shows_the_steps_and_the_button_to_who_may_press_it(empty_house: House) -> None:
    (shown,) = home.show(empty_house.services, ADMIN)
    told = str(shown)
    assert "1 of 5 steps done" in told  # colleagues are there: one account per role
    assert home.LOAD in told
    assert home.LOAD not in str(home.show(empty_house.services, VIEWER)[0])


def test_the_page_never_claims_to_know_the_present(house: House) -> None:
    told = str(home.show(house.services, ADMIN)).lower()
    assert "real-time" not in told
    assert "no refresh is scheduled" in told
