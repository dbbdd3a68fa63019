"""What was deleted waits in one place with who and when, and comes back by those who may bring it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from dash.development.base_component import Component

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.errors import NotFound
from dashapp.services import deleted, earlier_imports
from dashapp.services.access import Principal
from dashapp.services.deleted import Deleted
from dashapp.services.earlier_imports import Earlier
from dashapp.settings import Settings
from dashapp.store.annotations import Text
from dashapp.store.deliveries import Delivery
from dashapp.store.state import reading
from dashapp.web.pages import deleted as page
from tests.web.conftest import House, open_house


@pytest.fixture(scope="module")
def house(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    """One of its own: what is kept and deleted here would show on the pages of others."""
    return open_house(tmp_path_factory.mktemp("deleted"), sample_warehouse)


def reader(house: House, name: str) -> Principal:
    found = house.services.login.principal(house.tokens[name])
    assert found is not None
    return found


def gone(house: House, who: str) -> dict[str, Deleted]:
    return {f"{one.kind} {one.name}": one for one in deleted.listed(house.services, reader(house, who))}


@pytest.mark.slow
def test_each_kind_waits_with_who_and_when_and_comes_back(house: House) -> None:
    services, ann = house.services, reader(house, "analyst")
    view = services.views.save(ann, "Gone view", "/overview", {"country": "France"}, is_team=True)
    segment = services.segments.save(
        ann, "Gone segment", Filters(country=("France",)), Listing(), "dynamic", visibility="private",
        snapshot=services.snapshots.current(),
    )  # fmt: skip
    said = Text(date(2025, 1, 1), date(2025, 1, 1), "Gone note", "all", "", is_private=False)
    note = services.annotations.add(said, ann)
    reworded = services.annotations.edit(note.added, replace(said, text="Gone at last"), ann)
    scenario = services.scenarios.keep("Gone scenario", "buying=2", ann, for_team=False)
    services.views.remove(reader(house, "admin"), view.code)
    services.segments.remove(ann, segment.id)
    services.annotations.remove(reworded.added, ann)
    services.scenarios.remove(scenario.id, ann)
    mine = gone(house, "analyst")
    names = ["segment Gone segment", "view Gone view", "note 2025-01-01: Gone at last", "scenario Gone scenario"]
    assert set(names) <= set(mine)
    assert "note 2025-01-01: Gone note" not in mine  # worded anew, not deleted
    assert [mine[name].by for name in names] == ["analyst", "admin", "analyst", "analyst"]
    assert all(mine[name].at and mine[name].may_restore for name in names)
    seen = gone(house, "viewer")
    assert {name: one.may_restore for name, one in seen.items() if "Gone" in name} == {
        "view Gone view": False, "note 2025-01-01: Gone at last": False,
    }  # fmt: skip
    for name in names:
        one = mine[name]
        said_back, _ = page.answer(services, ann, {"type": page.RESTORE, "of": f"{one.kind}:{one.key}"}, 1)
        assert said_back == f"{one.name} is back."
    assert not set(names) & set(gone(house, "analyst"))
    assert services.segments.get(ann, segment.id).removed_at is None
    assert services.views.find(view.code, ann).name == "Gone view"
    with reading(services.engine):
        assert "Gone scenario" in [one.name for one in services.scenarios.open_to(ann)]


@pytest.mark.slow
def test_who_may_not_is_told_and_nothing_comes_back(house: House) -> None:
    services, ann = house.services, reader(house, "analyst")
    view = services.views.save(ann, "Not for others", "/overview", {}, is_team=True)
    services.views.remove(ann, view.code)
    told, _ = page.answer(services, reader(house, "viewer"), {"type": page.RESTORE, "of": f"view:{view.code}"}, 1)
    assert "view Not for others" in gone(house, "analyst")
    assert "is back" not in told
    for nothing in ("view:nobody", "evil:1", "segment:x"):
        assert "is back" not in page.answer(services, ann, {"of": nothing}, 1)[0]
    with pytest.raises(NotFound):
        deleted.restore(services, ann, "segment", "0")


def test_an_import_taken_back_is_brought_back_by_those_who_load_data(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = tuple(_version(number) for number in (3, 2, 1))
    monkeypatch.setattr(earlier_imports, "read", lambda _: Earlier(2, versions, (), ()))
    analyst, operator = gone(house, "analyst"), gone(house, "operator")
    assert [name for name in operator if name.startswith("import")] == ["import Version 3: orders.csv"]
    assert analyst["import Version 3: orders.csv"].may_restore is False
    said = deleted.restore(house.services, reader(house, "operator"), "import", "3")
    job = house.services.jobs.recent(reader(house, "operator"))[0]
    assert (job.kind, job.arguments) == ("undo", {"to": 3, "from": 2})
    assert said.startswith(f"Run {job.id} brings Version 3")
    house.services.jobs.cancel(job.id, reader(house, "operator"))


def _version(number: int) -> Delivery:
    values = {name: "" for name in Delivery.__dataclass_fields__}
    return Delivery(
        **values
        | {"number": number, "files": ("orders.csv",), "accepted_rows": 1, "rejected_rows": 0, "before": number - 1}
    )


def test_the_table_offers_a_way_back_only_where_one_may(house: House) -> None:
    rows = [Deleted("view", "a", "Mine", "ann", None, True), Deleted("note", "1", "Theirs", "", None, False)]
    text = str(page.show(rows))
    assert text.count("Restore") == 2 * text.count("Restore Mine")
    assert "not by you" in text
    assert isinstance(page.show([]), Component)
