"""/lab on the sample: its figures are the published ones until something is changed, and every result is stamped."""

from __future__ import annotations

import csv
import io
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.domain import scoring, shelf
from dashapp.domain.filters import Filters
from dashapp.domain.what_if_address import KEYS, read
from dashapp.errors import NotEnoughData, NotFound, SnapshotOutdated
from dashapp.services import lab as curves
from dashapp.services import lab_account
from dashapp.services.access import Role
from dashapp.services.lab_account import STAMP
from dashapp.services.scenarios import Scenarios
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import lab_controls, lab_saved
from dashapp.web.pages import lab
from tests.people import People
from tests.web.conftest import House

MESSAGE, ADDRESS = 13, 14
"Places among the outputs, after seven fields and six sliders."
VIEWS = [Filters(), Filters(segment=("Champions", "Loyal")), Filters(channel=("ads",)), Filters(cohort=("2024-03",))]


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def text(*parts: Any) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, default=str, ensure_ascii=False)


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_nothing_changed_is_the_key_figure_to_the_cent(snapshot: Snapshot, view: Filters) -> None:
    figure = snapshot.metric("residual_value", view)
    if not figure.n:
        with pytest.raises(NotEnoughData, match="no customer"):
            lab_account.account(snapshot, view, curves.base_of(snapshot.facts))
        return
    found = lab_account.account(snapshot, view, curves.base_of(snapshot.facts))
    assert (found.customers, round(found.value, 2)) == (figure.n, round(figure.value or 0.0, 2))
    assert found.difference == 0.0
    if figure.low is not None:
        assert found.band == pytest.approx((figure.low, figure.high), rel=0.01)


def test_another_horizon_and_rate_are_what_scoring_all_customers_again_gives(snapshot: Snapshot) -> None:
    stored = snapshot.frame("fitted_models").set_index("target")["fitted"]
    fits = scoring.Fits(shelf.restore(stored["purchases"]), shelf.restore(stored["spend"]))  # type: ignore[arg-type]
    assumed = scoring.Assumptions(snapshot.facts.model, 730, 0.25, 0.3)
    again = scoring.score(snapshot.base(), assumed, fitted=fits).frame["clv"].sum()
    scenario = read({"horizon": "730", "rate": "25", "margin": "30"}, curves.base_of(snapshot.facts))
    assert lab_account.account(snapshot, Filters(), scenario).value == pytest.approx(again, rel=1e-3)


def test_an_answer_takes_less_than_a_blink(snapshot: Snapshot) -> None:
    texts = {"margin": "40", "rate": "15", "horizon": "700", "buying": "1.2", "leaving": "0.8", "order": "1.1"}
    lab.show(snapshot, {}, texts, ())
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        lab.show(snapshot, {}, texts, ())
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.2


def test_every_result_is_stamped(snapshot: Snapshot) -> None:
    *_, cards, _, steps, _, _, curve, _, _, _ = lab.show(snapshot, {}, {"buying": "1.2", "cac": "20"}, ())
    titles = text(cards).count("kpi-card")
    assert titles == 6
    assert text(cards).count(STAMP) == titles - 1  # the published value is no assumption
    assert steps.startswith(STAMP)
    assert curve.startswith(STAMP)
    assert STAMP in text(lab.layout())


def test_what_cannot_be_read_leaves_the_answer_alone_and_says_why(snapshot: Snapshot) -> None:
    values = lab.show(snapshot, {}, {"horizon": "soon"}, ())
    assert "Horizon is not a number" in values[MESSAGE]
    assert len(values) == len(lab.show(snapshot, {}, {}, ())) == 26
    assert len(lab.show(snapshot, {"country": "Atlantis"}, {}, ())) == 26
    assert "no customer in this selection" in text(lab.show(snapshot, {"country": "Atlantis"}, {}, ()))


def test_a_snapshot_of_an_earlier_version_says_so(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    def outdated(*_: Any, **__: Any) -> Any:
        raise SnapshotOutdated("")

    old = object.__new__(Snapshot)
    old.__dict__.update(snapshot.__dict__)
    monkeypatch.setattr(Snapshot, "frame", outdated)
    assert "earlier version" in text(lab.show(old, {}, {}, ()))


def test_the_control_that_moved_wins_and_an_address_fills_an_empty_page() -> None:
    numbers = dict.fromkeys(KEYS, "1")
    sliders = dict.fromkeys(lab_controls.SLIDERS, 2.0)
    assert lab_controls.asked("lab-buying-slider", numbers, sliders, {})["buying"] == 2.0
    assert lab_controls.asked("lab-margin", numbers, sliders, {}) == numbers
    empty = dict.fromkeys(KEYS)
    assert lab_controls.asked(None, empty, sliders, {"rate": "12", "evil": "1"})["rate"] == "12"


def test_the_page_reads_its_own_keys_from_the_address() -> None:
    asked = {key: str(number) for number, key in enumerate(KEYS)}
    assert lab.layout(**asked, evil="1").children[0].data == asked


def test_a_saved_scenario_opens_by_its_address_stands_beside_the_others_and_can_be_removed(
    snapshot: Snapshot, people: People
) -> None:
    ann, bob = people.principal("ann", Role.ANALYST), people.principal("bob", Role.ANALYST)
    store = Scenarios(people.engine, people.journal, people.clock)
    services: Any = SimpleNamespace(snapshots=SimpleNamespace(current=lambda: snapshot), scenarios=store)
    view = {"segment": "Loyal"}
    query = lab.show(snapshot, view, {"buying": "1.5"}, ())[ADDRESS]
    told, kept, _ = lab.keep(services, ann, "Spring", [], query, view)
    assert told == "Saved as Spring, for you alone."
    assert store.open_to(bob) == ()
    (saved,) = store.open_to(ann)
    scenario, filters = lab_saved.opened(saved, curves.base_of(snapshot.facts))
    assert (scenario.purchase_rate, filters.segment) == (1.5, ("Loyal",))
    table = text(lab.show(snapshot, {}, {}, (saved,))[-2])
    assert f"/lab?{saved.address}" in table
    assert "segment Loyal" in table
    lab.keep(services, ann, "Spring", ["team"], query, view)
    assert [item.name for item in store.open_to(bob)] == ["Spring"]
    (mine,) = store.open_to(ann)
    assert lab.remove(services, bob, str(mine.id))[0].startswith("There is no such scenario of yours")
    assert lab.remove(services, ann, str(mine.id))[0] == "Removed Spring."
    assert store.open_to(ann) == ()
    assert people.events()[-3:] == ["scenario:saved", "scenario:saved", "scenario:removed"]
    assert kept != 0


def test_a_removed_scenario_can_be_had_back_until_its_name_is_taken(snapshot: Snapshot, people: People) -> None:
    ann, bob = people.principal("ann", Role.ANALYST), people.principal("bob", Role.ANALYST)
    store = Scenarios(people.engine, people.journal, people.clock)
    services: Any = SimpleNamespace(snapshots=SimpleNamespace(current=lambda: snapshot), scenarios=store)
    saved = store.keep("Spring", "buying=1.5", ann, for_team=True)
    gone = lab.remove(services, ann, str(saved.id))[-1]
    assert store.open_to(bob) == ()
    assert lab.remove(services, ann, str(saved.id))[0].startswith("There is no such scenario of yours")
    assert lab.restore(services, bob, gone)[0].startswith("There is no such scenario of yours")
    assert lab.restore(services, ann, gone) == ["Spring is back.", saved.id, None]
    assert store.open_to(bob) == (saved,)
    assert people.events()[-3:] == ["scenario:saved", "scenario:removed", "scenario:restored"]
    assert lab.restore(services, ann, gone)[0].startswith("There is no such scenario of yours")
    for nothing in (None, "1", 10**30):
        assert lab.restore(services, ann, nothing)[0].startswith("There is nothing to undo")
    store.remove(saved.id, ann)
    other = store.keep("Spring", "buying=2", ann, for_team=False)
    with pytest.raises(NotFound):
        store.restore(saved.id, ann)
    assert store.open_to(ann) == (other,)


def test_the_file_holds_plain_numbers_and_the_stamp_on_every_line(house: House) -> None:
    answer = house.client("analyst").get("/export/lab.csv?horizon=730&cac=20")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert {line["Note"] for line in lines} == {STAMP}
    figures = {line["Measure"]: line["Value"] for line in lines}
    assert float(figures["Horizon"]) == 730
    assert float(figures["Scenario value"]) - float(figures["Value of the base"]) == pytest.approx(
        float(figures["Difference"])
    )
    assert house.client("viewer").get("/export/lab.csv").status_code == 403
