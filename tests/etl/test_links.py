"""Two customer numbers of one person: linked they are one customer, and unlinked the marts are those before."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from dashapp.errors import SettingsError
from dashapp.settings import Settings
from dashapp.store import links, state
from dashapp.store.journal import Journal
from dashapp.store.links import Link
from etl.__main__ import app
from tests.etl.conftest import Ask, Refresh, order_lines
from tests.etl.test_undo import marts

ORDERS = order_lines(
    ("o1", "2024-01-01 09:00", "a1", "cup", 2, 10),
    ("o2", "2024-02-01 09:00", "b2", "pen", 1, 5),
    ("o3", "2024-03-01 09:00", "c3", "pen", 1, 5),
    ("r2", "2024-03-02 09:00", "c3", "pen", -1, 2),
    ("o4", "2024-03-09 09:00", "d4", "pen", 3, 5),
)
CUSTOMERS = pd.DataFrame(
    {"customer_id": ["b2", "c3", "d4"], "customer_name": ["Bea", "Cyd", "Dan"], "email": ["b@x.io", None, None]}
)
KEPT = "select customer_id, customer_name, email, order_count, frequency, net_sales, country from marts.customers"


def link(settings: Settings, one: str, other: str) -> None:
    links.add(settings, Link(*links.pair(one, other), "2024-01-01T00:00:00+00:00", "cli:bea"))


@pytest.fixture
def cli(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        monkeypatch.setenv("TENURE_DATA_DIR", str(settings.data_dir))
        monkeypatch.setenv("TENURE_ACTOR", "user:bea")
        return CliRunner().invoke(app, ["links", *arguments])

    return run


def test_linked_ids_are_one_customer_under_the_first_and_without_the_link_all_is_as_before(
    refresh: Refresh, settings: Settings, ask: Ask
):
    refresh(order_lines=ORDERS, customers=CUSTOMERS)
    before = marts(ask)
    link(settings, "b2", "a1")
    link(settings, "b2", "c3")
    assert refresh().published
    # Bought on 1 January, 1 February and 1 March; the return lowers the last; the list knows no a1.
    assert ask(KEPT + " order by 1") == [
        ("a1", "Bea", "b@x.io", 3, 2, Decimal("28.00"), "Unknown"),
        ("d4", "Dan", None, 1, 0, Decimal("15.00"), "Unknown"),
    ]
    assert ask("select count(distinct customer_key), sum(amount) from marts.order_lines") == [(2, Decimal("43.00"))]
    assert not refresh().published
    links.remove(settings, ("b2", "c3"))
    links.remove(settings, ("a1", "b2"))
    assert refresh().published
    assert marts(ask) == before


def test_a_link_with_an_id_that_is_not_delivered_loses_nobody(refresh: Refresh, settings: Settings, ask: Ask):
    link(settings, "a0", "b2")
    link(settings, "a0", "c3")
    refresh(order_lines=ORDERS)
    assert ask("select customer_id, order_count from marts.customers order by 1") == [("a1", 1), ("b2", 2), ("d4", 1)]


def test_an_order_of_two_linked_ids_is_one_order_in_one_country(refresh: Refresh, settings: Settings, ask: Ask):
    lines = order_lines(("o1", "2024-01-01 09:00", "a1", "cup", 2, 10), ("o1", "2024-01-01 09:00", "b2", "pen", 1, 5))
    link(settings, "a1", "b2")
    refresh(order_lines=lines.assign(country=["France", "Spain"]))
    assert ask("select customer_id, order_count, country from marts.customers") == [("a1", 1, "France")]


def test_a_customer_is_listed_where_one_of_its_ids_is(refresh: Refresh, settings: Settings, ask: Ask):
    unlisted = "select offending_rows from quality.check_results where check_id = 'unknown_customers'"
    refresh(order_lines=ORDERS, customers=CUSTOMERS)
    assert ask(unlisted) == [(1,)]
    link(settings, "a1", "b2")
    refresh()
    assert ask(unlisted) == [(0,)]


def test_the_commands_link_list_and_unlink_and_the_journal_knows_who(
    refresh: Refresh, settings: Settings, cli: Callable[..., Result]
):
    refresh(order_lines=ORDERS)
    assert cli("add", "b2", "a1").stdout.startswith("a1 = b2")
    assert cli("add", "c3", "b2").exit_code == cli("add", "a1", "c3").exit_code == 0
    said = [json.loads(line) for line in cli("list", "--json").stdout.splitlines()]
    assert [(item["customer_id"], item["other_id"], item["actor"]) for item in said] == [
        ("a1", "b2", "user:bea"), ("a1", "c3", "user:bea"), ("b2", "c3", "user:bea"),
    ]  # fmt: skip
    assert "Other links still join them" in cli("remove", "a1", "b2").stdout
    assert "apart again" in cli("remove", "c3", "b2").stdout
    engine = state.open(settings)
    entries = Journal.open(settings, engine).recent(2)
    engine.dispose()
    assert [(e.event, e.actor, e.target) for e in entries] == [
        ("customers:unlinked", "user:bea", f"customer:{i}") for i in ("b2", "a1")
    ]


REFUSED = {
    ("add", "a1", "a1"): "cannot be linked with itself",
    ("add", "a1", "A1"): "No loaded row has the customer number A1",
    ("add", "b2", "a1"): "linked already",
    ("remove", "a1", "c3"): "not linked",
}


def test_what_cannot_be_linked_is_refused_and_changes_nothing(
    refresh: Refresh, settings: Settings, cli: Callable[..., Result]
):
    refresh(order_lines=ORDERS)
    link(settings, "a1", "b2")
    before = links.path(settings).read_bytes()
    for arguments, said in REFUSED.items():
        refused = cli(*arguments)
        assert refused.exit_code != 0
        assert said in refused.stderr
        assert links.path(settings).read_bytes() == before


@pytest.mark.parametrize("text", ["", "a,b\n", "customer_id,other_id,linked_at,actor\nb,a,2024,x\n", "\x00"])
def test_a_damaged_file_stops_the_refresh_instead_of_counting_as_no_links(settings: Settings, text: str):
    links.path(settings).write_text(text)
    with pytest.raises(SettingsError, match=r"links\.csv cannot be used"):
        links.read(settings)
