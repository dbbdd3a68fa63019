"""The panel of notes: what is typed becomes a note, what cannot be one says why, and undo is one press away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from dash import no_update

from dashapp.domain.filters import Filters
from dashapp.services.access import Principal, Role
from dashapp.services.annotations import Annotations
from dashapp.web.components import notes_panel
from dashapp.web.components.notes_panel import NEW, REMOVE, SAVE, UNDO, WHOLE
from dashapp.web.pages import overview
from tests.people import People
from tests.web.conftest import House

SALE = ["2025-03-10", "2025-05-05", "<b>Sale</b>", "country|France", []]


@pytest.fixture
def notes(people: People) -> Annotations:
    return Annotations(people.engine, people.journal, people.clock)


@pytest.fixture
def ann(people: People) -> Principal:
    return people.principal("ann", Role.ANALYST)


def press(notes: Annotations, who: Principal, deed: str, choice: Any = NEW, last: Any = None, typed: Any = SALE) -> Any:
    return notes_panel.decided(deed, notes, who, choice, last, typed)


def test_a_note_is_written_changed_removed_and_all_of_it_undone(notes: Annotations, ann: Principal) -> None:
    said, _, change, no_undo, choice = press(notes, ann, SAVE)
    assert (said, no_undo, choice) == ("The note was added.", False, NEW)
    (note,) = notes.seen_by(ann)
    assert (note.said.scope_value, note.said.last_day) == ("France", date(2025, 5, 5))
    assert notes_panel.filled([note], str(note.id)) == [*SALE, False]
    assert press(notes, ann, SAVE, str(note.id), typed=["2025-03-10", None, "Sale", WHOLE, ["yes"]])[0].endswith(
        "changed."
    )
    (newer,) = notes.seen_by(ann)
    removed = press(notes, ann, REMOVE, str(newer.id))
    assert notes.seen_by(ann) == []
    assert press(notes, ann, UNDO, last=removed[2])[0] == "Undone."
    assert [one.said.text for one in notes.seen_by(ann)] == ["Sale"]
    assert change == {"added": note.id, "removed": None}


@pytest.mark.parametrize(
    ("deed", "choice", "last", "typed"),
    [
        (SAVE, NEW, None, [None, None, "Sale", WHOLE, []]),
        (SAVE, NEW, None, ["2025-03-10", "2025-03-09", "Sale", WHOLE, []]),
        (SAVE, NEW, None, [["x"], {}, 5, None, "yes"]),
        (SAVE, "99", None, SALE),
        (SAVE, {"a": 1}, None, SALE),
        (REMOVE, NEW, None, SALE),
        (UNDO, NEW, {"added": "1 or 1"}, SALE),
        (UNDO, NEW, [1], SALE),
        (UNDO, NEW, {"added": True}, SALE),
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(
    notes: Annotations, ann: Principal, deed: str, choice: Any, last: Any, typed: Any
) -> None:
    answer = press(notes, ann, deed, choice, last, typed)
    assert isinstance(answer[0], str)
    assert answer[1:] == [no_update] * 4
    assert notes.seen_by(ann) == []


def test_the_form_is_for_analysts_and_offers_the_places_there_are(notes: Annotations, ann: Principal) -> None:
    press(notes, ann, SAVE)
    places = pd.DataFrame({"field": ["country", "segment"], "value": ["France", "Loyal"]})
    listed, choices, about, hidden = notes_panel.show(notes.seen_by(ann), ann, places)
    assert [option["value"] for option in about] == [WHOLE, "country|France"]
    assert (len(choices), hidden) == (2, False)
    assert "<b>Sale</b>" in str(listed)  # a text node: Dash escapes it
    viewer = Principal(9, "vic", Role.VIEWER, "")
    assert notes_panel.show([], viewer, None)[3] is True


def test_a_note_is_drawn_on_the_overview_where_it_belongs(house: House, notes: Annotations, ann: Principal) -> None:
    snapshot = house.services.snapshots.current()
    press(notes, ann, SAVE)
    shown = {chosen: str(overview.show(snapshot, filters, notes.flags(ann, filters)))
             for chosen, filters in (("all", Filters()), ("spain", Filters(country=("Spain",))))}  # fmt: skip
    assert "Notes: 1) 10 Mar 2025 to 5 May 2025, France: <b>Sale</b> (ann)." in shown["all"]
    assert "Sale (ann)" not in shown["spain"]
