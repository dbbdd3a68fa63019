"""A few letters find customers and products as the list does: names only for those who may, and written down."""

from __future__ import annotations

import pytest

from dashapp.services import palette
from dashapp.services.access import Principal, Role
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from tests.people import People

ANALYST, VIEWER = Principal(2, "ann", Role.ANALYST, ""), Principal(1, "vic", Role.VIEWER, "")


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def test_a_name_is_found_and_shown_to_those_who_may_see_it(snapshot: Snapshot, people: People) -> None:
    known = snapshot.row("customer_profile", customer="C-00001", contact=True)
    name = str(known["customer_name"])
    hits = palette.customers(snapshot, name, ANALYST, people.journal)
    assert palette.Hit("C-00001", name) in hits
    assert people.events()[-1] == "customer:contacts_listed"
    assert palette.customers(snapshot, name, VIEWER, people.journal) == []


def test_a_number_is_found_by_everybody_without_the_name(snapshot: Snapshot, people: People) -> None:
    before = people.events()
    hits = palette.customers(snapshot, "c-0000", VIEWER, people.journal)
    assert len(hits) == 9
    assert {hit.name for hit in hits} == {""}
    assert palette.customers(snapshot, "c-0", VIEWER, people.journal)[0].id.startswith("C-0")
    assert people.events() == before


@pytest.mark.parametrize("text", ["", " ", "c", "a b c d e", "x" * 101, "c-0001x"])
def test_what_means_nobody_finds_nobody(snapshot: Snapshot, people: People, text: str) -> None:
    assert palette.customers(snapshot, text, ANALYST, people.journal) == []


def test_a_product_is_found_by_its_number_its_beginning_first(snapshot: Snapshot) -> None:
    every = snapshot.frame("products_found", words="%", start="", limit=1000)
    one = every.iloc[5]
    hits = palette.products(snapshot, str(one["product_id"]).lower())
    assert hits[0].id == one["product_id"]
    assert len(palette.products(snapshot, str(one["product_id"])[:2])) == palette.MOST
    assert palette.products(snapshot, "%%%") == []
