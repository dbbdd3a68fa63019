"""Overview, customers, profile and data: what their pure parts show of a real snapshot, and that numbers agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.chart import Chart
from dashapp.charts.kit import cohorts
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.errors import FilterError, InputError
from dashapp.services import charting, customers
from dashapp.services.access import Principal, Role
from dashapp.services.customers import Rows
from dashapp.settings import Settings
from dashapp.store import state
from dashapp.store.jobs import Job
from dashapp.store.journal import Journal
from dashapp.store.memory import Memory
from dashapp.store.publish import Warehouse
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web import format as fmt
from dashapp.web.components import runs
from dashapp.web.pages import customer, data, overview
from dashapp.web.pages import customers as listed
from tests.web.conftest import House

VIEWER = Principal(1, "vic", Role.VIEWER, "")
ANALYST = Principal(2, "ann", Role.ANALYST, "")
OPERATOR = Principal(3, "olga", Role.OPERATOR, "")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
VIEWS = [
    Filters(),
    Filters(range="all"),
    Filters(range="l28d", compare=Compare.PREVIOUS_PERIOD),
    Filters(range="l90d", basis=Basis.GROSS_SALES, country=("Germany",)),
    Filters(segment=("Champions", "Dormant"), basis=Basis.GROSS_MARGIN),
    Filters(range="all", category=("Home", "Garden"), cohort=("2024-03", "2024-04")),
]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    settings = Settings(data_dir=tmp_path)
    return Journal.open(settings, state.open(settings))


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def text(*parts: Any) -> str:
    """Everything a reader would see of components, as JSON."""
    told = json.dumps(parts, cls=PlotlyJSONEncoder, default=str, ensure_ascii=False)
    return told.replace("\\\\xa0", "\u00a0")  # as Dash writes a blank at which no line ends


def drawn(snapshot: Snapshot, name: str, filters: Filters) -> Chart:
    more = {"customer_key": 1} if catalogue.chart(name).query == "customer_orders" else {}
    return charting.draw(name, snapshot, filters, **more)


@pytest.mark.parametrize("name", list(catalogue.charts()))
@pytest.mark.parametrize("filters", [*VIEWS, Filters(country=("Atlantis",))], ids=lambda f: str(f.to_query()))
def test_a_chart_of_real_data_is_valid_small_and_never_nan(snapshot: Snapshot, name: str, filters: Filters) -> None:
    chart = drawn(snapshot, name, filters)
    assert (chart.figure is None) == (chart.note is not None)
    assert "nan" not in chart.summary.lower().split()
    if chart.figure:
        go.Figure(chart.figure)
        assert max(len(trace["x"]) for trace in chart.figure["data"]) <= 400
        assert len(chart.table)


@pytest.mark.parametrize("filters", VIEWS, ids=lambda f: str(f.to_query()))
def test_the_bars_of_the_trend_add_up_to_the_key_figure(snapshot: Snapshot, filters: Filters) -> None:
    table = drawn(snapshot, "revenue_trend", filters).table
    sales = snapshot.metric("net_sales", filters)
    assert table[filters.basis.label].sum() == pytest.approx(sales.value, abs=0.01)
    if sales.previous is not None:
        before = [name for name in table if str(name).startswith("Previous")]
        assert table[before[0]].sum() == pytest.approx(sales.previous, abs=0.01)


@pytest.mark.parametrize("filters", [Filters(), Filters(country=("Germany",)), Filters(segment=("Loyal",)), VIEWS[-1]])
def test_predicted_value_is_one_number_on_every_screen(snapshot: Snapshot, filters: Filters) -> None:
    base = snapshot.metric("residual_value", filters)
    mean = snapshot.metric("average_clv", filters)
    segments = drawn(snapshot, "segments", filters).table
    found = customers.matching(snapshot, filters, Listing(), VIEWER, Rows(5))
    spread = drawn(snapshot, "clv_distribution", filters)
    assert (
        base.n
        == mean.n
        == segments["Customers"].sum()
        == found.chosen["customers"].sum()
        == len(snapshot.base(filters))
    )
    assert spread.figure is None or spread.table["Customers"].sum() == base.n
    assert base.value == pytest.approx((mean.value or 0) * (mean.n or 0))
    assert base.value == pytest.approx(segments["Predicted CLV"].sum(), abs=0.1)
    assert base.value == pytest.approx(found.chosen["clv"].sum())


def test_sales_by_country_and_by_segment_add_up(snapshot: Snapshot) -> None:
    sales = snapshot.metric("net_sales").value
    assert drawn(snapshot, "country_value", Filters()).table["Net sales"].sum() == pytest.approx(sales)
    assert drawn(snapshot, "channel_value", Filters()).table["Net sales"].sum() == pytest.approx(sales)


def test_the_overview_answers_every_output_and_says_what_predicted_means(snapshot: Snapshot) -> None:
    names = [output.component_id_str() for part in overview.PARTS for output in part.outputs]
    assert len(names) == 4 + len(overview.METRICS) + 4 * len(overview.CARDS)
    said = dict(zip(names, overview.show(snapshot, Filters()), strict=True))
    assert f"next {snapshot.facts.horizon_days} days" in said[overview.CHIP]
    assert "Median" in said[overview.CHIP]
    assert said[overview.MEANT].startswith(str(charting.view(snapshot, Filters()).period))


def test_each_part_of_the_overview_is_asked_in_one_go_and_a_view_that_comes_back_counts_no_cohort_again(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes: list[int] = []

    def counted(questions: Sequence[Callable[[], Any]], really: Callable[..., Any] = charting.together) -> Any:
        goes.append(len(questions))
        return really(questions)

    monkeypatch.setattr(charting, "together", counted)
    monkeypatch.setattr(snapshot, "memory", Memory())
    first = overview.show(snapshot, Filters())
    monkeypatch.delattr(cohorts, "written")  # names no month any more, so nothing can count cohorts
    assert str(overview.show(snapshot, Filters())) == str(first)
    ahead = len((*overview.AHEAD_CARDS, *overview.WORTH, *overview.SPREAD)) + 2
    assert goes == [len((*overview.SOLD_CARDS, *overview.SOLD)), len(overview.WHO_CARDS), ahead] * 2


def test_a_list_that_came_from_a_chart_says_what_limits_it_and_how_to_leave(snapshot: Snapshot) -> None:
    view, listing = Filters(segment=("Loyal",)), Listing.from_query({"limits": "r_score~4~4~", "states": "active"})
    found = customers.matching(snapshot, view, listing, VIEWER, Rows(5))
    said = text(listed.show(found, view, snapshot.facts))
    assert "Only customers with recency score 4. " in said
    assert "href='/customers?segment=Loyal&states=active'" in said


def test_a_viewer_gets_no_personal_column_and_an_analyst_does(snapshot: Snapshot) -> None:
    seen = {
        reader.role: customers.matching(snapshot, Filters(), Listing(), reader, Rows(5)) for reader in (VIEWER, ANALYST)
    }
    assert not {"customer_name", "email"} & set(seen[Role.VIEWER].rows)
    assert {"customer_name", "email"} <= set(seen[Role.ANALYST].rows)
    assert "@" not in text(listed.show(seen[Role.VIEWER], Filters(), snapshot.facts))


def test_the_list_counts_states_whether_chosen_or_not(snapshot: Snapshot) -> None:
    found = customers.matching(snapshot, Filters(), Listing(states=("lapsed",)), VIEWER, Rows(10))
    rows, _, boxes, _, links, address = listed.show(found, Filters(country=("Spain",)), snapshot.facts)
    every = {box["value"]: said(box["label"]) for box in boxes}
    lapsed = int(found.totals.groupby("customer_state")["customers"].sum()["lapsed"])
    assert rows["rowCount"] == lapsed
    assert every["lapsed"] == f"Lapsed {lapsed:,}"
    assert every["active"] != "Active 0"
    assert set(found.rows["customer_state"]) == {"lapsed"}
    assert links[0].href == "/export/customers.zip?country=Spain&states=lapsed"
    assert address == {"states": "lapsed"}


def said(label: Any) -> str:
    return "".join(part.children for part in label.children)


def test_counts_of_states_and_segments_follow_everything_else_that_is_chosen(snapshot: Snapshot) -> None:
    everyone = customers.matching(snapshot, Filters(), Listing(), VIEWER, Rows(1000)).rows
    view, asked = Filters(segment=("Loyal", "Dormant")), Listing(states=("lapsed", "at_risk"))
    found = customers.matching(snapshot, view, asked, VIEWER, Rows(1000))
    in_segment = everyone[everyone["segment"].isin(view.segment)]
    in_state = everyone[everyone["customer_state"].isin(asked.states)]
    assert found.facet("customer_state") == in_segment["customer_state"].value_counts().to_dict()
    assert found.facet("segment") == in_state["segment"].value_counts().to_dict()
    assert found.count == len(found.rows) == len(in_segment[in_segment["customer_state"].isin(asked.states)])


def test_a_guess_is_called_one(snapshot: Snapshot) -> None:
    near = customers.matching(snapshot, Filters(), Listing(search="c-0000x"), VIEWER, Rows(10))
    strip = text(listed.show(near, Filters(), snapshot.facts)[1])
    assert "Nobody matches “c-0000x”" in strip
    exact = customers.matching(snapshot, Filters(), Listing(search="c-00001"), VIEWER, Rows(10))
    assert "Nobody matches" not in text(listed.show(exact, Filters(), snapshot.facts)[1])


def test_whoever_is_shown_contacts_in_a_list_is_written_down_once_a_list(snapshot: Snapshot, journal: Journal) -> None:
    for reader in (VIEWER, ANALYST):
        for offset in (0, 100):
            customers.listed(snapshot, Filters(), Listing(), reader, Rows(100, offset), journal)
    assert [(look.event, look.actor, look.detail["customers"]) for look in journal.recent()] == [
        ("customer:contacts_listed", "user:ann", 400)
    ]


def test_a_list_without_rows_says_what_to_do(snapshot: Snapshot) -> None:
    found = customers.matching(snapshot, Filters(), Listing(search="nobody at all"), VIEWER, Rows(10))
    rows, strip, boxes, *_ = listed.show(found, Filters(), snapshot.facts)
    assert rows == {"rowData": [], "rowCount": 0}
    assert "No customer matches" in text(strip)
    assert "by id only" in text(strip)
    seen = customers.matching(snapshot, Filters(), Listing(search="nobody at all"), ANALYST, Rows(10))
    assert "by id only" not in text(listed.show(seen, Filters(), snapshot.facts)[1])
    assert {said(box["label"]).split()[-1] for box in boxes} == {"0"}


def test_rows_hold_nothing_that_is_not_json(snapshot: Snapshot) -> None:
    found = customers.matching(
        snapshot, Filters(), Listing(sort="average_gap_days", descending=False), ANALYST, Rows(500)
    )
    rows = listed.show(found, Filters(), snapshot.facts)[0]["rowData"]
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert any(row["average_gap_days"] is None for row in rows)


def test_a_grid_cannot_ask_for_the_whole_table() -> None:
    with pytest.raises(FilterError):
        listed.read({"startRow": 0, "endRow": 1_000_000}, "", [])


def test_a_new_customer_is_told_what_others_brought_who_began_alike(snapshot: Snapshot) -> None:
    newest = snapshot._rows("select max_by(customer_key, first_order_date) as key from marts.customers", {})[0]["key"]
    oldest = snapshot._rows("select min_by(customer_key, first_order_date) as key from marts.customers", {})[0]["key"]
    told, silent = (
        customer._beginning(snapshot.frame("customer_beginning", customer_key=key), snapshot.facts)
        for key in (newest, oldest)
    )
    assert "earlier customers began like this one" in told
    assert silent == ""


def test_a_profile_keeps_past_and_predicted_apart_and_adds_them_once(snapshot: Snapshot, journal: Journal) -> None:
    known = customers.profile(snapshot, "1", VIEWER, journal)
    shown = text(customer.head(known, {}, snapshot.frame("customer_beginning", customer_key=1), snapshot.facts))
    total = float(known["net_sales"]) * snapshot.facts.gross_margin + known["clv"]
    assert f"{known['clv']:,.2f}" in shown
    assert f"{float(known['net_sales']):,.2f}" in shown
    assert f"{total:,.2f}" in shown
    assert "80\u00a0%" in shown


def test_a_profile_says_how_likely_its_customer_is_to_be_one_and_when_the_next_order_is_due(
    snapshot: Snapshot, journal: Journal
) -> None:
    found = customers.matching(snapshot, Filters(), Listing(), VIEWER, Rows(1)).rows.iloc[0]
    known = customers.profile(snapshot, str(found["customer_id"]), VIEWER, journal)
    shown = text(customer.head(known, {}, snapshot.frame("customer_beginning", customer_key=1), snapshot.facts))
    for words in ("Still a customer", fmt.percent(known["p_alive"]), "Next order"):
        assert words in shown
    assert f"around {fmt.day(known['next_order_median'])}" in shown
    assert f"80\u00a0%: {fmt.day(known['next_order_from'])} to {fmt.day(known['next_order_until'])}" in shown


def test_the_orders_of_a_profile_add_up_to_its_sales(snapshot: Snapshot, journal: Journal) -> None:
    known = customers.profile(snapshot, "1", VIEWER, journal)
    timeline = drawn(snapshot, "purchase_timeline", Filters(range="all"))
    assert timeline.table["Net sales"].sum() == pytest.approx(float(known["net_sales"]))
    assert (timeline.table["Kind"] == "Purchase").sum() == known["order_count"]


def test_every_look_at_a_name_is_noted_and_a_viewers_look_shows_none(snapshot: Snapshot, journal: Journal) -> None:
    shown = text(customer.show(snapshot, "1", ANALYST, journal))
    masked = text(customer.show(snapshot, "1", VIEWER, journal))
    looks = journal.recent()
    known = customers.profile(snapshot, "1", ANALYST, journal)
    assert [(look.event, look.actor, look.target) for look in looks] == [
        ("customer:contact_viewed", "user:ann", known["customer_id"])
    ]
    assert known["email"] in shown
    assert known["email"] not in masked
    assert known["customer_name"] not in masked


def test_the_purchases_of_a_profile_are_downloaded_for_this_customer(
    house: House, snapshot: Snapshot, journal: Journal
) -> None:
    scope, *_, timeline, _ = customer.show(snapshot, "2", VIEWER, journal)
    answer = house.client("analyst").get(f"/export/chart/purchase_timeline.csv?{scope}")
    _, *orders = answer.text.strip().splitlines()
    days = [written.day(date.fromisoformat(line.split(",")[0])) for line in orders]
    assert days == [row[0] for row in json.loads(timeline)["rows"]] != []


def test_an_unknown_customer_is_a_sentence_with_a_way_out(snapshot: Snapshot, journal: Journal) -> None:
    shown = customer.show(snapshot, "' or 1=1 --", VIEWER, journal)
    assert "There is no customer" in text(shown[1])
    assert (shown[0], shown[2]) == ("", "")


def test_every_delivered_line_and_amount_is_accounted_for_on_the_data_page(
    snapshot: Snapshot, sample_warehouse: Settings
) -> None:
    history = Warehouse(sample_warehouse.data_dir / "warehouse").history()
    shown = data.show_data(snapshot, history, OPERATOR)
    assert snapshot.id in text(shown[0])
    assert "Unaccounted" in text(shown[3])
    assert runs.START in text(shown[1])
    assert runs.START not in text(data.show_data(snapshot, history, ANALYST)[1])


def _job(**changes: Any) -> Job:
    given = {
        "id": 7, "kind": "refresh", "arguments": {"source": "sample"}, "owner_id": 3, "owner_name": "olga",
        "state": "running", "fraction": 0.4, "step": "check", "message": "21 rules", "hint": "", "result": None,
        "attempts": 1, "worker": "w", "created_at": NOW, "started_at": NOW, "heartbeat_at": NOW,
        "cancel_requested_at": None, "finished_at": None,
    }  # fmt: skip
    return Job(**(given | changes))


def test_a_running_job_can_be_watched_by_all_and_stopped_by_operators() -> None:
    jobs = [_job(), _job(id=6, state="failed", message="Disk full.", hint="Free some space.")]
    live, hidden, watched, listing = data.show_runs(jobs, (), OPERATOR, NOW)
    assert "40\u00a0%" in text(live)
    assert (hidden, watched) == (False, 7)
    assert "Disk full. Free some space." in text(listing)
    assert data.show_runs(jobs, (), ANALYST, NOW)[1] is True


def test_a_path_without_a_source_is_refused_before_anything_starts() -> None:
    with pytest.raises(InputError):
        data.refresh_arguments("", "orders.csv", [])
    assert data.refresh_arguments(" csv ", "", ["force"]) == {"source": "csv", "force": True}
