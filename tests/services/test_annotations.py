"""Notes on days: seen by whom they are for, changed by whom may, and every change can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dashapp.domain.filters import Filters
from dashapp.errors import InputError, NotAllowed, NotFound
from dashapp.services.access import Principal, Role
from dashapp.services.annotations import Annotations
from dashapp.store.annotations import Text
from tests.people import People

SALE = Text(date(2024, 11, 29), date(2024, 12, 2), "Black Friday", "all", "", False)


@pytest.fixture
def notes(people: People) -> Annotations:
    return Annotations(people.engine, people.journal, people.clock)


@pytest.fixture
def ann(people: People) -> Principal:
    return people.principal("ann", Role.ANALYST)


@pytest.fixture
def ben(people: People) -> Principal:
    return people.principal("ben", Role.ANALYST)


def said(notes: Annotations, reader: Principal) -> list[str]:
    return [note.said.text for note in notes.seen_by(reader)]


def test_every_change_can_be_undone(people_on_both: People) -> None:
    notes = Annotations(people_on_both.engine, people_on_both.journal, people_on_both.clock)
    ann = people_on_both.principal("ann", Role.ANALYST)
    added = notes.add(SALE, ann)
    assert added.added is not None
    edited = notes.edit(added.added, replace(SALE, text="Black week"), ann)
    assert said(notes, ann) == ["Black week"]
    notes.undo(edited, ann)
    assert said(notes, ann) == ["Black Friday"]
    removed = notes.remove(added.added, ann)
    assert said(notes, ann) == []
    notes.undo(removed, ann)
    assert said(notes, ann) == ["Black Friday"]
    notes.undo(added, ann)
    assert said(notes, ann) == []


def test_a_private_note_is_its_authors_alone(notes: Annotations, ann: Principal, ben: Principal) -> None:
    mine = notes.add(replace(SALE, is_private=True), ann).added
    assert mine is not None
    assert (said(notes, ann), said(notes, ben)) == (["Black Friday"], [])
    with pytest.raises(NotFound):
        notes.remove(mine, ben)


def test_the_teams_note_is_every_analysts_to_mend_and_no_viewers(
    people: People, notes: Annotations, ann: Principal, ben: Principal
) -> None:
    made = notes.add(SALE, ann)
    assert made.added is not None
    edited = notes.edit(made.added, replace(SALE, text="Cyber week"), ben)
    with pytest.raises(NotFound, match="gone"):  # ben has gone on from what ann made
        notes.undo(made, ann)
    notes.undo(edited, ben)
    viewer = people.principal("vic", Role.VIEWER)
    with pytest.raises(NotAllowed):
        notes.add(SALE, viewer)
    assert said(notes, viewer) == ["Black Friday"]


def test_a_note_on_a_country_is_drawn_beside_its_sales_only(notes: Annotations, ann: Principal) -> None:
    notes.add(replace(SALE, scope="country", scope_value="France"), ann)
    drawn = [notes.flags(ann, Filters(country=chosen)) for chosen in ((), ("France", "Spain"), ("Spain",))]
    assert [[mark.text for mark in marks] for marks in drawn] == [["France: Black Friday"]] * 2 + [[]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " \n "},
        {"text": "x" * 201},
        {"text": "turned \u202e around"},
        {"last_day": date(2024, 11, 28)},
        {"first_day": date(1, 1, 1)},
        {"scope": "segment", "scope_value": "Loyal"},
        {"scope": "country"},
        {"scope_value": "France"},
    ],
)
def test_what_cannot_be_drawn_is_refused(notes: Annotations, ann: Principal, wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        notes.add(replace(SALE, **wrong), ann)
