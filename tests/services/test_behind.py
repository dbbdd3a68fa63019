"""The customers behind a number are those it counts: in the drawer, in the list, in its file, mark by mark."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from dashapp.charts import catalogue
from dashapp.charts.chart import Chart
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.saved import list_text
from dashapp.domain.vocabulary import Basis
from dashapp.errors import FilterError, NotFound
from dashapp.services import behind, charting, customers, exports
from dashapp.services.access import Principal, Role
from dashapp.services.behind import Behind
from dashapp.services.customers import Rows
from dashapp.settings import Settings
from dashapp.store import metrics
from dashapp.store.snapshot import Snapshot, Snapshots

VIEWER = Principal(1, "vic", Role.VIEWER, "")
LAST_MONTH, BY_MAIL = Filters(range="lm"), Filters(range="lm", country=("Germany",), channel=("E-mail",))
ABOUT = sorted(
    name for name, spec in catalogue.charts().items() if not spec.nobody and "customer_key" not in spec.parameters
)
"Charts of one customer are drawn for few of the sample: tests/charts has theirs."
TIES = {"value_deciles": 5}
"Equal values stand on both sides of the border of a tenth: so many customers may be in two."
SPAN = {"segment_moves": "l12m", "revenue_bridge": "lq"}
"Charts that show nothing without an earlier period to compare with."
COUNTED = {
    "cohort_matrix": "Bought", "cohort_payback": "New customers", "channel_performance": "New customers",
    "growth_accounting": "Base after", "product_adoption": "Buyers so far", "product_buyers": "Buyers",
    "product_life": "Buyers", "product_starters": "Started with it", "product_uptake": "New customers",
}  # fmt: skip
"The column that counts the customers of a row, where it is not called Customers."
FEW = 3
"Marks tried of each chart."


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def count(snapshot: Snapshot, found: Behind) -> int:
    return customers.matching(snapshot, found.filters, found.listing, VIEWER, Rows(1)).count


@pytest.mark.parametrize("name", metrics.names())
def test_a_key_figure_is_about_as_many_customers_as_it_says(snapshot: Snapshot, name: str) -> None:
    if metrics.metric(name).customers == behind.NOBODY:
        with pytest.raises(NotFound, match="not about customers"):
            behind.of_metric(name, snapshot, LAST_MONTH)
        return
    value, found = snapshot.metric(name, LAST_MONTH), behind.of_metric(name, snapshot, LAST_MONTH)
    counted = value.value if name in ("active_customers", "new_customers") else value.n
    assert counted is None or count(snapshot, found) == counted
    assert count(snapshot, found) > 0


def test_who_bought_in_a_period_is_who_has_an_order_in_it(snapshot: Snapshot) -> None:
    """Counted from the lines, which neither the figure nor the list reads."""
    period = LAST_MONTH.period(snapshot.facts.observed_until)
    rows = snapshot._rows(
        """select count(distinct customer_key) as n from marts.order_lines
           where kind = 'sale' and quantity > 0 and unit_price > 0 and order_date between $first and $last""",
        {"first": period.start, "last": period.end},
    )
    assert count(snapshot, behind.of_metric("net_sales", snapshot, LAST_MONTH)) == rows[0]["n"]


@pytest.mark.parametrize("name", ["net_sales", "orders", "active_customers", "average_order_value"])
def test_sales_made_by_a_channel_lead_to_who_bought_there(snapshot: Snapshot, name: str) -> None:
    """Counted from the lines; many of these first bought by another channel."""
    period, found = LAST_MONTH.period(snapshot.facts.observed_until), behind.of_metric(name, snapshot, BY_MAIL)
    rows = snapshot._rows(
        """select count(distinct customer_key) as n,
           count(distinct customer_key) filter (c.channel <> 'E-mail') as moved
           from marts.order_lines l join marts.customers c using (customer_key) where kind = 'sale' and quantity > 0
           and l.country = 'Germany' and l.channel = 'E-mail' and order_date between $first and $last""",
        {"first": period.start, "last": period.end},
    )[0]
    assert count(snapshot, found) == rows["n"] >= rows["moved"] > 0
    assert not any("where they first bought" in note for note in found.notes)


def drawn(snapshot: Snapshot, name: str, filters: Filters) -> Chart:
    """The chart; one of a product, of that which most bought."""
    if "product_key" not in catalogue.chart(name).parameters:
        return charting.draw(name, snapshot, filters)
    best = snapshot._rows("select product_key from marts.products order by buyers desc nulls last limit 1", {})
    return charting.draw(name, snapshot, filters, product_key=best[0]["product_key"])


def _counted(chart: Chart) -> list[int]:
    """Rows with a mark, of which the table says how many were counted, not predicted."""
    predicted = chart.table.get("Complete", pd.Series("", index=chart.table.index)) == "predicted"
    return [row for row, mark in enumerate(chart.marks[: len(chart.table)]) if mark and not predicted[row]]


@pytest.mark.parametrize("name", ABOUT)
def test_a_mark_is_about_the_customers_of_its_row(snapshot: Snapshot, name: str) -> None:
    filters = Filters(range=SPAN.get(name, "all"), country=("Germany",))
    chart = drawn(snapshot, name, filters)
    column = COUNTED.get(name, "Customers")
    if column not in chart.table:
        return
    rows = _counted(chart)
    for row in rows[:: max(1, len(rows) // FEW)]:
        found = behind.of_mark(name, snapshot, filters, chart.marks[row] or {})
        assert count(snapshot, found) == pytest.approx(int(chart.table[column].iloc[row]), abs=TIES.get(name, 0))


@pytest.mark.parametrize("name", ABOUT)
def test_a_point_of_a_trace_is_a_mark_of_the_chart(snapshot: Snapshot, name: str) -> None:
    chart = drawn(snapshot, name, Filters(range=SPAN.get(name, "all")))
    assert chart.figure
    marked = [trace for trace in chart.figure["data"] if "meta" in trace]
    assert marked
    for trace in marked:
        points = [p for row in trace["meta"]["marks"] for p in (row if isinstance(row, list) else [row])]
        assert all(point is None or 0 <= int(point) < len(chart.marks) for point in points)
        shape = trace["z"] if trace["type"] == "heatmap" else trace["x"]
        assert len(trace["meta"]["marks"]) == len(shape)


def test_bars_beside_those_of_the_rows_have_their_own_customers(snapshot: Snapshot) -> None:
    life, bridge = drawn(snapshot, "product_life", Filters()), drawn(snapshot, "revenue_bridge", Filters(range="lq"))
    rows = len(life.table)
    for row in (0, rows // 2, rows - 1):
        first_time = behind.of_mark("product_life", snapshot, Filters(), life.marks[rows + row] or {})
        assert count(snapshot, first_time) == life.table["First-time buyers"].iloc[row]
    ends = [behind.of_mark("revenue_bridge", snapshot, Filters(), mark or {}) for mark in bridge.marks[-2:]]
    stayed = bridge.table[bridge.table["Customers who"].str.startswith("Stayed")]["Customers"].sum()
    for end, kinds in zip(ends, (("Lost",), ("New customers", "Reactivated")), strict=True):
        others = bridge.table[bridge.table["Customers who"].isin(kinds)]["Customers"].sum()
        assert count(snapshot, end) == stayed + others


@pytest.mark.parametrize("basis", [Basis.NET_SALES, Basis.GROSS_MARGIN])
def test_who_made_the_difference_where_sales_were_made_is_who_bought_there(snapshot: Snapshot, basis: Basis) -> None:
    """Under country and channel at once, every kind of customer and both ends."""
    there = Filters(range="lq", country=("France", "Germany"), channel=("E-mail", "Social"), basis=basis)
    bridge = drawn(snapshot, "revenue_bridge", there)
    rows = bridge.table.set_index("Customers who")["Customers"].to_list()
    found = [behind.of_mark("revenue_bridge", snapshot, there, mark) for mark in bridge.marks[: len(rows)] if mark]
    assert [count(snapshot, one) for one in found] == rows[: len(found)]
    assert len(found) >= 5
    assert all(one.filters.country == () == one.filters.channel and not one.notes for one in found)


def test_no_rule_says_who_is_in_a_bar_within_a_fixed_list(snapshot: Snapshot) -> None:
    listed = replace(charting.view(snapshot, Filters(range="lq")), filters=Filters(saved=(list_text("a" * 32),)))
    frame = snapshot.frame("revenue_bridge", Filters(range="lq"))
    assert not any(catalogue.chart("revenue_bridge").build(frame, listed).marks)


def test_the_address_the_list_and_the_file_hold_the_same(snapshot: Snapshot) -> None:
    mark = {"segment": "Champions", "limits": "r_score~5.0~5.0~|fm_score~5.0~5.0~"}
    found = behind.of_mark("rfm_grid", snapshot, Filters(segment=("Dormant",), country=("Germany",)), mark)
    query = found.to_query()
    assert (query["segment"], query["country"]) == ("Champions", "Germany")
    again = Filters.from_query(query), Listing.from_query(query)
    assert again == (found.filters, found.listing)
    asked = exports.Request(*again, with_contact=False, asked_by="ann", asked_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert exports.CustomersFile(snapshot, asked).matching == count(snapshot, found) > 0


def test_a_move_within_a_saved_segment_is_about_those_of_both(snapshot: Snapshot) -> None:
    french = Filters(saved=("country~is~France",))
    chart = charting.draw("segment_moves", snapshot, french)
    found = behind.of_mark("segment_moves", snapshot, french, chart.marks[0] or {})
    assert count(snapshot, found) == chart.table["Customers"].iloc[0]
    frame = snapshot.frame("segment_moves", french, from_day=None, to_day=None)
    in_a_list = charting.view(snapshot, Filters(saved=(list_text("a" * 32),)))
    assert not any(catalogue.chart("segment_moves").build(frame, in_a_list).marks)


def test_what_the_number_ignores_does_not_narrow_its_customers(snapshot: Snapshot) -> None:
    found = behind.of_metric("acquisition_cost", snapshot, Filters(country=("Germany",)))
    assert found.filters.country == ()
    assert "Not heeded by this number: country." in found.notes


def test_sales_counted_elsewhere_are_named(snapshot: Snapshot) -> None:
    """Within a fixed list no rule can say who bought there."""
    listed = replace(BY_MAIL, saved=(list_text("a" * 32),))
    assert any("where they first bought" in note for note in behind.of_metric("orders", snapshot, listed).notes)
    assert not behind.of_metric("active_customers", snapshot, LAST_MONTH).notes


def test_the_period_of_the_figure_becomes_days_of_purchase(snapshot: Snapshot) -> None:
    day = date(2024, 2, 29)
    found = behind.of_metric("orders", snapshot, Filters(range="custom", start=day, end=day))
    assert [str(limit.low) for limit in found.listing.limits] == ["2024-02-29"]


@pytest.mark.parametrize("mark", [{"limits": "clv~x~~"}, {"segment": "Nobody"}, {"cohort": "soon"}])
def test_a_mark_nobody_drew_is_refused_with_its_field(snapshot: Snapshot, mark: dict[str, str]) -> None:
    with pytest.raises(FilterError):
        behind.of_mark("segments", snapshot, Filters(), mark)


def test_a_chart_about_no_customers_says_why(snapshot: Snapshot) -> None:
    with pytest.raises(NotFound, match="from all customers at once"):
        behind.of_mark("revenue_drivers", snapshot, Filters(), {})


def test_a_choice_fades_the_others_in_its_own_chart_and_in_no_number(snapshot: Snapshot) -> None:
    loyal = Filters(segment=("Loyal",))
    own, other = charting.draw("segments", snapshot, loyal), charting.draw("channel_value", snapshot, loyal)
    assert own.figure
    assert len(own.figure["data"][0]["y"]) > 1 == len(own.table)
    assert own.figure["data"][0]["selectedpoints"] == [own.figure["data"][0]["y"].index("Loyal")]
    assert own.summary.endswith(charting.FADED)
    assert other.figure
    assert "selectedpoints" not in other.figure["data"][0]
