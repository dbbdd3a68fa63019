"""The segments page and the builder: every number leads to exactly the customers it counts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.rules import Rules
from dashapp.domain.segment_groups import GROUPS, QUADRANTS
from dashapp.domain.vocabulary import SEGMENTS, Compare
from dashapp.services import customers
from dashapp.services.access import Principal, Role
from dashapp.services.customers import Rows
from dashapp.services.segments import Segments
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import kept_segments, movement, quadrants, rfm_groups, rule_rows, rule_state, rule_things
from dashapp.web.components.rule_state import Row
from dashapp.web.components.save_form import Given, attempt
from dashapp.web.pages import segment_build
from dashapp.web.pages import segments as page
from tests.people import People
from tests.web.conftest import House

VIEWER = Principal(9, "vera", Role.VIEWER, "")
VIEW = Filters(country=("Germany",), compare=Compare.PREVIOUS_YEAR)
RULES = "country~is~France,Germany;order_count~at_least~2!segment~is~Champions"


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture
def segments(people: People) -> Segments:
    return Segments(people.engine, people.journal, people.clock)


def parts(content: Any) -> str:
    return json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)


def links(content: Any) -> list[tuple[str, str]]:
    """(words, address) of every link into the customers list."""
    found = [node for node in _nodes(json.loads(parts(content))) if str(node.get("href")).startswith("/customers?")]
    return [(str(node["children"]), node["href"]) for node in found]


def _nodes(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, list):
        return [node for item in content for node in _nodes(item)]
    if not isinstance(content, dict):
        return []
    own = [content["props"]] if "props" in content else []
    return own + [node for item in content.values() for node in _nodes(item)]


def listed(snapshot: Snapshot, address: str) -> int:
    """How many customers the list at this address holds."""
    query = {name: values[0] for name, values in parse_qs(urlparse(address).query).items()}
    view, listing = Filters.from_query(query), Listing.from_query(query)
    return customers.matching(snapshot, view, listing, VIEWER, Rows(1)).count


def test_every_group_has_a_tile_that_leads_to_as_many_customers_as_it_counts(snapshot: Snapshot) -> None:
    tiles = rfm_groups.show(snapshot, VIEW, "customers")[0].children
    assert [tile.children[0].children.children for tile in tiles[:-1]] == list(SEGMENTS) == list(GROUPS)
    assert "Prospects" in parts(tiles[-1])
    for tile in tiles[:-1]:
        counted = int(tile.children[1].children.replace(",", ""))
        assert listed(snapshot, links(tile)[0][1]) == counted
        assert "Play: " in parts(tile)


def test_the_change_of_a_group_is_against_its_size_then(snapshot: Snapshot) -> None:
    frame = snapshot.frame("segment_groups", VIEW).set_index("segment")
    then = snapshot._rows(
        """select h.segment, count(*) as n, avg(h.as_of - last.day) as days from marts.segment_history h
           join marts.customers c using (customer_key)
           join (select l.customer_key, h2.as_of, max(l.order_date) as day from marts.order_lines l
                 join marts.segment_history h2 on h2.customer_key = l.customer_key and l.order_date <= h2.as_of
                 where l.kind = 'sale' group by all) last on last.customer_key = h.customer_key and last.as_of = h.as_of
           where c.country = 'Germany' and h.as_of = $day group by 1""",
        {"day": frame["as_of"].iloc[0].date()},
    )
    end = VIEW.comparison(snapshot.facts.observed_until)
    assert end
    assert frame["as_of"].iloc[0].date() == max(day for day in movement.days(snapshot) if day <= end.end)
    assert len(then) > 5
    for row in then:
        assert frame.loc[row["segment"], "previous_customers"] == row["n"]
        assert frame.loc[row["segment"], "previous_days_since_last_order"] == pytest.approx(float(row["days"]))


def test_the_sales_of_all_groups_are_those_of_the_shop(snapshot: Snapshot) -> None:
    frame, days = snapshot.frame("segment_groups", Filters()), Filters().period(snapshot.facts.observed_until)
    sales = snapshot._rows(
        "select sum(net_sales) as s from marts.orders where customer_key is not null and order_date between $a and $b",
        {"a": days.start, "b": days.end},
    )
    assert float(frame["value"].sum()) == pytest.approx(float(sales[0]["s"]), abs=0.01)


@pytest.mark.parametrize("metric", [*rfm_groups.MEASURES, None, 7, "nonsense"])
def test_no_metric_of_the_tiles_fails_with_or_without_comparison(snapshot: Snapshot, metric: Any) -> None:
    for view in (Filters(), Filters(compare=Compare.NONE), Filters(country=("Atlantis",))):
        assert "nan" not in parts(rfm_groups.show(snapshot, view, metric))


def test_the_quarters_hold_everybody_who_is_scored_and_lead_there(snapshot: Snapshot) -> None:
    told = quadrants.show(snapshot, Filters())
    names = {quadrant.name for quadrant in QUADRANTS.values()}
    counted = {text: listed(snapshot, address) for text, address in links(told)}
    assert set(counted) <= names
    frame = snapshot.frame("value_quadrants", Filters())
    assert sorted(counted.values()) == sorted(frame["customers"])
    assert sum(counted.values()) == len(snapshot.base())


def test_a_move_leads_to_the_customers_who_made_it(snapshot: Snapshot) -> None:
    known = movement.days(snapshot)
    told = movement.movers(snapshot, VIEW, known[12], known[0])
    assert len(links(told)) >= 5
    for text, address in links(told)[:6]:
        assert listed(snapshot, address) == int(text.replace(",", ""))


def test_days_that_cannot_be_compared_are_said_to_be_so(snapshot: Snapshot) -> None:
    known = movement.days(snapshot)
    for earlier, later in ((known[0], known[0]), (known[0], known[5]), (date(1990, 1, 1), known[0])):
        assert "Nobody moved" in parts(movement.movers(snapshot, Filters(), earlier, later))
    assert page.show_movement(snapshot, Filters(), "nonsense", 7)[1] in {day.isoformat() for day in known}


def test_the_kept_segments_count_what_the_list_holds_and_offer_what_one_may(
    snapshot: Snapshot, segments: Segments, people: People
) -> None:
    ann = people.principal("ann", Role.ANALYST)
    made = segments.save(ann, "Core <b>", Filters(saved=(RULES,)), Listing(), visibility="team", snapshot=snapshot)
    mine = page.show_kept(snapshot, segments, ann, None, None)[1]
    theirs = page.show_kept(snapshot, segments, VIEWER, None, None)[1]
    assert listed(snapshot, links(mine)[0][1]) == made.customers
    assert f'"{made.customers}"' in parts(mine)
    assert kept_segments.REMOVE in parts(mine)
    assert kept_segments.REMOVE not in parts(theirs)
    assert "/export/customers.zip?saved=" in parts(theirs)


def test_a_deleted_segment_comes_back_and_what_one_may_not_is_said(
    snapshot: Snapshot, segments: Segments, people: People
) -> None:
    ann = people.principal("ann", Role.ANALYST)
    made = segments.save(ann, "Core", Filters(saved=(RULES,)), Listing(), visibility="team", snapshot=snapshot)
    press = {"type": kept_segments.REMOVE, "n": made.id}
    assert "belongs to ann" in page.show_kept(snapshot, segments, people.principal("bob", Role.ANALYST), press, 1)[0]
    said, _ = page.show_kept(snapshot, segments, ann, press, 1)
    assert "was deleted" in parts(said)
    assert not segments.all(ann)
    page.show_kept(snapshot, segments, ann, {"type": kept_segments.UNDO, "n": made.id}, None)
    assert not segments.all(ann), "a button that only appeared was not pressed"
    assert "is back" in page.show_kept(snapshot, segments, ann, {"type": kept_segments.UNDO, "n": made.id}, 1)[0]
    assert "no such segment" in page.show_kept(snapshot, segments, ann, {"type": kept_segments.REMOVE, "n": "x"}, 1)[0]


def test_rules_in_the_builder_come_out_as_they_went_in() -> None:
    rules = Rules.from_text(RULES + ";clv~between~10,90;p_alive~at_least~0.5;customer_id~contains~C-0")
    rows = rule_state.rows_of(rules)
    assert rule_state.judge(dict(enumerate(rows))).rules == rules


SPANS = (
    "changed_in~is~2024-01-01 2024-03-31 2023-01-01 2023-03-31 net_sales grew;made_in~is~France!"
    "product_in~is~l90d P-001,l90d P-002;refunded_in~is_not~2024-01-01 2024-12-31;segment_on~is~2025-01-31 Loyal"
    "!started_with~is_not~P-001;last_order_date~between~2024-01-01,2024-02-01"
)


def test_spans_days_and_what_is_picked_come_out_as_they_went_in() -> None:
    rows = rule_state.rows_of(Rules.from_text(SPANS))
    assert rule_state.judge(dict(enumerate(rows))).rules == Rules.from_text(SPANS)
    rows = rows[2:]
    assert (rows[0].when, rows[0].things) == ("l90d", ("P-001", "P-002"))
    assert (rows[1].when, rows[1].first, rows[1].last) == ("custom", "2024-01-01", "2024-12-31")
    assert (rows[2].first, rows[2].things) == ("2025-01-31", ("Loyal",))


@pytest.mark.parametrize("how", ["is", "is_not"])
def test_a_condition_over_several_spans_is_told_apart_and_means_the_same(snapshot: Snapshot, how: str) -> None:
    text = f"country~is~Germany;bought_in~{how}~2024-03-01 2024-03-31,2024-05-01 2024-05-31"
    rows = rule_state.rows_of(Rules.from_text(text))
    assert all(" " not in row.first for row in rows)
    told = rule_state.judge(dict(enumerate(rows))).rules
    assert told
    found = [set(snapshot.base(Filters(saved=(each,)))["customer_key"]) for each in (text, told.text)]
    assert found[0] == found[1] != set()


def test_products_are_picked_by_their_words_and_unknown_ones_named(snapshot: Snapshot) -> None:
    name = snapshot._rows("select product_id as id, product_name as name from marts.products limit 1", {})[0]
    row = Row(field="product_in", when="l90d", search=str(name["name"]), things=(name["id"], "P-none"))
    told = rule_things.offer(snapshot, row, {})
    assert (name["id"], f"{name['name']} ({name['id']})") in told.options
    assert told.unknown == ("P-none",)
    shown = parts(segment_build.show(snapshot, [row], [0]))
    assert "There is no product 'P-none' in these data" in shown
    unsearched = rule_things.offer(snapshot, Row(field="product_in", things=(name["id"],)), {})
    assert dict(unsearched.options)[name["id"]].startswith(name["name"])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row(field="bought_in", when="custom", first="2024-02-01", last="2024-01-01"), "lies after"),
        (Row(field="bought_in", when="custom", first="2024-02-30", last="2024-03-01"), "no two days"),
        (Row(field="segment_on", first="soon", things=("Loyal",)), "not a day"),
    ],
)
def test_days_that_cannot_be_meant_are_refused_at_their_row(row: Row, words: str) -> None:
    assert words in rule_state.judge({0: row}).errors[0]


@pytest.mark.parametrize(
    "row",
    [
        Row(field="product_in", when="l90d"),
        Row(field="bought_in", when="custom", first="2024-02-01"),
        Row(field="segment_on", things=("Loyal",)),
        Row(field="category"),
    ],
)
def test_a_row_without_all_its_parts_waits(row: Row) -> None:
    assert rule_state.judge({0: row}) == rule_state.Judged(None, {}, is_open=True)


def test_an_error_stands_at_its_row_and_an_empty_row_is_none_yet(snapshot: Snapshot) -> None:
    rows = [Row(values="France"), Row("and", "order_count", "at_least", "three"), Row("and", "clv", "at_least", "")]
    judged = rule_state.judge(dict(enumerate(rows)))
    assert (list(judged.errors), judged.rules, judged.is_open) == ([1], None, True)
    assert "'three' is not a number" in judged.errors[1]
    shown = segment_build.show(snapshot, rows, [0, 1])
    assert "'three' is not a number" in parts(shown)
    assert "cannot be read" in parts(shown)
    assert rule_state.judge({0: rows[0]}).rules == Rules.from_text("country~is~France")


def test_the_live_count_is_the_lists_and_the_preview_names_nobody(snapshot: Snapshot) -> None:
    rows = list(rule_state.rows_of(Rules.from_text(RULES)))
    *_, text, count, preview = segment_build.show(snapshot, rows, [0, 1, 2])
    assert text == RULES
    ((_, address),) = links(preview)
    assert f'"{listed(snapshot, address)}"' in parts(count)
    assert "@" not in parts(preview)


@pytest.mark.parametrize("used", [None, "x", [99, -1], [], [None]])
def test_garbage_about_the_rows_in_use_is_no_crash(snapshot: Snapshot, used: Any) -> None:
    given = [None, 5, "password", "<b>", ["x"], "never", 7, None, {}, "x", [], "y"] * rule_state.ROWS
    assert segment_build.show(snapshot, rule_rows.read(given), used)[-2]


def test_saving_says_what_became_of_it_and_changes_are_versions(
    snapshot: Snapshot, segments: Segments, people: People
) -> None:
    ann = people.principal("ann", Role.ANALYST)

    def save(edited: Any, rules: Any, *form: Any) -> str:
        given = Given.read(*form)
        return parts(attempt(lambda: segment_build.save(segments, ann, snapshot, edited, rules, given)))

    assert "not complete" in save(None, "", "A", "dynamic", "private")
    assert "needs a name" in save(None, RULES, None, "dynamic", "private")
    assert "A is saved" in save(None, RULES, "A", "dynamic", "private")
    made = segments.all(ann)[0]
    assert "B is saved" in save(made.id, "country~is~Spain", "B", "dynamic", "team")
    assert "no such segment" in save(made.id + 1, RULES, "B", "dynamic", "team")
    told = parts(segment_build.history(segments.versions(ann, made.id)))
    assert [version.action for version in segments.versions(ann, made.id)] == ["changed", "shared", "renamed", "saved"]
    assert "country is Spain" in told


def test_a_fixed_list_is_honoured_by_pages_and_exports_of_the_application(house: House) -> None:
    analyst = house.services.login.principal(house.tokens["analyst"])
    assert analyst
    shown = house.services.snapshots.current()
    made = house.services.segments.save(
        analyst, "Fixed", Filters(country=("France",)), Listing(), "static", snapshot=shown
    )
    answer = house.client("analyst").get("/export/customers.csv", query_string={"saved": made.definition})
    assert len(answer.text.splitlines()) == made.customers + 1
    unknown = house.client("analyst").get("/export/customers.csv", query_string={"saved": "list:" + "0" * 32})
    assert unknown.status_code == 422
    house.services.segments.remove(analyst, made.id)
