"""The quality desk in the browser's words: the queue, one issue, the buttons, and who sees and may do what."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder
from sqlalchemy import Engine

from dashapp.domain import issues
from dashapp.domain.issues import State
from dashapp.services.access import Principal, Role
from dashapp.settings import Settings
from dashapp.store import quality as rows
from dashapp.store.quality import Event, Outcome, Run
from dashapp.store.state import writing
from dashapp.web.components import attention, quality_case, quality_desk, quality_words
from dashapp.web.components.quality_words import Shop
from dashapp.web.pages import data, home, quality, quality_issue
from tests.people import People
from tests.store.test_quality import rule
from tests.web.conftest import SAME_ORIGIN, House, body_of, open_house, render_page

OPERATOR = Principal(3, "operator", Role.OPERATOR, "")
ANALYST = Principal(2, "analyst", Role.ANALYST, "")
NAMELESS = rule("lines_without_customer", title="Every line has a customer", help="They stay out of CLV.",
                statement="select 1 as one")  # fmt: skip
COSTS = rule("missing_costs", title="Every product has a cost", severity="stop", dimension="validity", sla_hours=4)


def said(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


def stopped_after_a_good_one(engine: Engine, now: datetime) -> None:
    """Two runs, the last one stopped: issue 1 without money, issue 2 with most of it."""
    at = now - timedelta(days=3)
    costs = Outcome(COSTS, "failed", 1, 40, None, None)
    lines = Outcome(NAMELESS, "failed", 16_667, 1_067_371, Decimal("132000.00"), 42)
    with writing(engine) as connection:
        first = Run("000001-x", at, "cli:root", "sample", stopped=False)
        rows.record_run(connection, first, [Outcome(COSTS, "passed", 0, 40, None, None)], {})
        last = Run(None, at + timedelta(days=1), "user:ann", "sample", stopped=True)
        rows.record_run(connection, last, [costs, lines], {"missing_costs": ['{"product_id": "cup"}']})


def open_desk(folder: Path, warehouse: Settings) -> House:
    house = open_house(folder, warehouse)
    stopped_after_a_good_one(house.services.engine, house.services.clock())
    return house


@pytest.fixture(scope="module")
def desk(sample_warehouse: Settings, tmp_path_factory: pytest.TempPathFactory) -> House:
    """An application with two issues; tests only read through it."""
    return open_desk(tmp_path_factory.mktemp("desk"), sample_warehouse)


@pytest.fixture
def own_desk(sample_warehouse: Settings, tmp_path: Path) -> House:
    """The same, for one test that changes it."""
    return open_desk(tmp_path, sample_warehouse)


@pytest.fixture
def team(people: People) -> People:
    """The same two issues without an application."""
    stopped_after_a_good_one(people.engine, people.clock())
    for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN):
        people.principal(role.value, role)
    return people


def drawn(house: House, view: str = "open") -> str:
    services = house.services
    shop = Shop("GBP", 1_320_000)
    return said(quality.show(services.quality.desk(ANALYST), view, shop, services.clock()))


@pytest.mark.slow
def test_the_queue_has_the_most_money_first_with_what_an_operator_asks_for(desk: House) -> None:
    text = drawn(desk)
    rows = text.partition("Issues by state")[2].partition("Rules as applied")[0]
    assert rows.index("/quality/2") < rows.index("/quality/1")
    for words in (
        "£132k",
        "16,667",
        "data operator",
        "due ",
        "overdue since",
        "Stops a refresh",
        "Open 2",
        "Resolved 0",
    ):
        assert words in text
    assert (
        "16,667 rows of 1,067,371 do not comply, with £132k (as much as 10.0\u00a0% of net sales) and 42 customers"
        in text
    )
    assert "A rule stopped the last refresh" in said(data.watch(desk.services, ANALYST)[-1])
    assert "A rule stopped the last refresh" in said(attention._stopped(desk.services, ANALYST))
    notice = said(quality.parts.stopped(desk.services.quality.desk(ANALYST), desk.services.clock()))
    assert "The last refresh was stopped 2 days ago; everybody still sees the data before it." in notice
    assert "/quality/1" in notice, "what stopped it carries no money and would stand last"
    assert "/quality/2" not in notice


def test_scores_and_rules_follow_the_runs(desk: House) -> None:
    text = drawn(desk)
    assert "97.5\u00a0%" in text, "validity: 39 of 40 rows comply"
    assert "−2.5\u00a0pp on the run before" in text
    assert "Did not hold in 1 of the last 2 runs" in text
    assert "0 of 2 rules held" in text


def test_a_view_that_is_empty_says_so(desk: House) -> None:
    assert "No issue is resolved." in drawn(desk, "resolved")
    assert "No issue is ignored." in drawn(desk, "ignored")
    assert "/quality/1" in drawn(desk, "all")


@pytest.mark.parametrize(
    ("asked", "view"), [("resolved", "resolved"), ("nonsense", "open"), ([], "open"), (None, "open")]
)
def test_the_address_says_which_issues_are_shown(asked: Any, view: str) -> None:
    assert quality.known(asked) == view
    assert f'"show": "{view}", "sort": "money"' in said(quality.layout(show=asked))


def test_before_the_first_run_the_page_says_where_to_begin(empty_house: House) -> None:
    services = empty_house.services
    text = said(
        quality.show(services.quality.desk(ANALYST), "open", quality.shop_of(services.snapshots), services.clock())
    )
    assert "No refresh has been checked yet" in text
    assert "/data" in text


def test_an_issue_shows_its_rule_sql_rows_and_history(desk: House) -> None:
    head, rest, version, hidden, people, owner, *disabled = quality_issue.show(desk.services, "1", OPERATOR)
    text = said([head, rest])
    for words in (
        "Every product has a cost",
        "1 row of 40 does not comply.",
        "select 1",
        "cup",
        "from the run that was",
    ):
        assert words in text
    assert "The rule failed for the first time" in text
    assert (version, hidden, owner) == (1, False, "operator")
    assert [one["value"] for one in people] == ["admin", "operator"]
    assert disabled == [False] * 6 + [True], "everything but reopening"


def test_a_verified_issue_tells_of_rows_in_the_past_and_one_taken_up_again_is_not_new(desk: House) -> None:
    issue = desk.services.quality.desk(OPERATOR).tickets[0].issue
    shop, now = Shop("GBP", 1_320_000), desk.services.clock()
    held = replace(issue, verified_at=now, state=State.RESOLVED)
    assert "rows of 1,067,371 did not comply when the rule failed last" in quality_words.impact(held, shop)
    back = issues.reopen(held, "Look again.", now)
    assert "Reopened" in said(quality_words.state(back.issue))
    event = Event(now, "user:operator", back.action, back.before, back.issue.state, back.comment, {})
    assert "it was resolved" in said(quality_case.history([event]))


def test_rows_of_a_published_run_come_from_the_snapshot(own_desk: House) -> None:
    with writing(own_desk.services.engine) as connection:
        run = Run("000002-x", own_desk.services.clock(), "cli:root", "sample", stopped=False)
        rows.record_run(connection, run, [Outcome(rule("freshness"), "failed", 1, 1, None, None)], {})
    text = said(quality_issue.show(own_desk.services, "3", ANALYST)[1])
    assert "observed_until" in text
    assert "from the snapshot that readers see" in text


@pytest.mark.parametrize("number", ["0", "99", "x", "", None, "１", "9" * 40, {"a": 1}, -1])
def test_an_issue_that_is_not_there_is_a_sentence(desk: House, number: Any) -> None:
    head, rest, version, hidden, *_ = quality_issue.show(desk.services, number, OPERATOR)
    assert "There is no such issue" in said(head)
    assert (rest, version, hidden) == ("", None, True)


def test_the_document_is_404_where_there_is_no_issue(desk: House) -> None:
    assert desk.client("analyst").get("/quality/1").status_code == 200
    assert desk.client("analyst").get("/quality/99").status_code == 404
    assert desk.client("viewer").get("/quality/1").status_code == desk.client("viewer").get("/quality/99").status_code


def decide(team: People, deed: str, version: int = 1, words: str = "So it is.", **more: Any) -> list[Any]:
    given = (more.get("reason", "other"), more.get("until", ""), more.get("owner", ""))
    return quality_issue.decided(deed, team.quality, OPERATOR, "2", version, words, *given)


def state_of(team: People) -> tuple[State, str, int]:
    ticket = team.quality.case(2, OPERATOR).ticket
    return ticket.issue.state, ticket.issue.owner, ticket.version


def test_each_button_does_what_it_says(team: People) -> None:
    tomorrow = (team.clock().date() + timedelta(days=1)).isoformat()
    deeds = [
        (quality_case.TAKE, {}, State.ACKNOWLEDGED), (quality_case.COMMENT, {}, State.ACKNOWLEDGED),
        (quality_case.START, {}, State.IN_PROGRESS), (quality_case.ASSIGN, {"owner": "admin"}, State.IN_PROGRESS),
        (quality_case.IGNORE, {"until": tomorrow}, State.IGNORED), (quality_case.REOPEN, {}, State.NEW),
        (quality_case.RESOLVE, {}, State.RESOLVED),
    ]  # fmt: skip
    for version, (deed, more, state) in enumerate(deeds, 1):
        answer = decide(team, deed, version, **more)
        assert answer[1] == f"{deed} on {version}", answer[0]
        assert (answer[2] == "") == (deed in quality_issue.WRITTEN), "a comment that was not written stays"
        assert state_of(team)[0] is state
    assert state_of(team) == (State.RESOLVED, "admin", 8)
    assert len({deed for deed, *_ in deeds}) == len(quality_case.BUTTONS) == len(quality_issue.DEEDS)


@pytest.mark.parametrize(
    ("deed", "more", "sentence"),
    [
        (quality_case.RESOLVE, {"words": " "}, "A comment is missing."),
        (quality_case.RESOLVE, {"reason": None}, "Why it is resolved is missing."),
        (quality_case.IGNORE, {}, "The date until which to ignore it is missing."),
        (quality_case.IGNORE, {"until": "2020-01-01"}, "That is no date to ignore it until."),
        (quality_case.ASSIGN, {"owner": "viewer"}, "only to somebody who may work"),
        (quality_case.REOPEN, {}, "new and cannot be reopened"),
        (quality_case.TAKE, {"version": 2**70}, "has not been read yet"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_typed_is_lost(
    team: People, deed: str, more: dict[str, Any], sentence: str
) -> None:
    answer = decide(team, deed, **more)
    assert sentence in answer[0]
    assert said(answer[1:]).count('{"_dash_no_update"') == 2
    assert state_of(team) == (State.NEW, "data operator", 1)


def test_who_comes_second_reads_it_again_before_deciding(team: People) -> None:
    decide(team, quality_case.TAKE)
    answer = decide(team, quality_case.COMMENT)
    assert "has changed since you read it" in answer[0]
    assert answer[1] == "edited after 1"
    assert state_of(team)[2] == 2


def test_an_analyst_reads_but_the_form_and_the_buttons_are_not_for_them(desk: House) -> None:
    assert quality_issue.show(desk.services, "2", ANALYST)[3] is True
    key = next(key for key in desk.app.callback_map if "issue-said.children" in key)
    body = body_of(desk.app, key)
    assert desk.client("analyst").post("/_dash-update-component", json=body, headers=SAME_ORIGIN).status_code == 403
    for path in ("/quality", "/quality/1"):
        assert render_page(desk.client("analyst"), path).status_code == 200
        assert render_page(desk.client("viewer"), path).status_code == 403


@pytest.mark.slow
def test_a_press_in_the_browser_takes_the_issue(own_desk: House) -> None:
    key = next(key for key in own_desk.app.callback_map if "issue-said.children" in key)
    body = body_of(own_desk.app, key)
    values = {"issue-take": 1, "issue-id": "2", "issue-version": 1}
    for item in body["inputs"] + body["state"]:
        item["value"] = values.get(item["id"])
    body["changedPropIds"] = ["issue-take.n_clicks"]
    answer = own_desk.client("operator").post("/_dash-update-component", json=body, headers=SAME_ORIGIN)
    assert answer.json["response"]["issue-said"]["children"] == "It is yours now."
    ticket = own_desk.services.quality.case(2, OPERATOR).ticket
    assert (ticket.issue.state, ticket.issue.owner, ticket.version) == (State.ACKNOWLEDGED, "operator", 2)


def test_home_leads_to_the_open_issues(desk: House) -> None:
    assert "2 open issues of the data" in said(home.show(desk.services, ANALYST))
    assert "of the data" not in said(home.show(desk.services, Principal(1, "viewer", Role.VIEWER, "")))


def test_an_issue_says_what_its_customers_are_worth_and_nothing_where_predictions_are_not_valid(desk: House) -> None:
    ticket = desk.services.quality.desk(OPERATOR).tickets[0]
    touched = replace(ticket, issue=replace(ticket.issue, clv=Decimal("4200.00")))
    now = desk.services.clock()
    for shows_value in (True, False):
        shop = Shop("GBP", 1_320_000, shows_value)
        queue = said(quality_desk.queue([touched], "open", shop, now))
        assert ("£4.20k" in queue) is shows_value
        assert ("42 customers (predicted CLV £4.20k)" in quality_words.impact(touched.issue, shop)) is shows_value


def test_the_queue_is_ordered_as_the_address_asks_and_tells_no_value_by_it(desk: House) -> None:
    first, second = desk.services.quality.desk(OPERATOR).tickets
    made = [
        replace(first, issue=replace(first.issue, clv=Decimal(1), customers=9)),
        replace(second, issue=replace(second.issue, clv=Decimal(2), customers=1)),
    ]
    now, shop = desk.services.clock(), Shop("GBP", 1_320_000, shows_value=True)

    def first_of(sort: str, shop: Shop) -> int:
        text = said(quality_desk.queue(made, "open", shop, now, sort))
        return min(made, key=lambda ticket: text.index(f"/quality/{ticket.id}")).id

    assert [first_of(sort, shop) for sort in quality_desk.SORTS] == [
        first.id, second.id, first.id, min(made, key=lambda ticket: ticket.issue.first_seen_at).id
    ]  # fmt: skip
    hidden = replace(shop, shows_value=False)
    assert first_of("clv", hidden) == first.id
    assert "sort=clv" not in said(quality_desk.queue(made, "open", hidden, now))
    assert "show=resolved&sort=age" in said(quality_desk.queue(made, "open", shop, now, "age"))
    assert [quality.known_sort(sort) for sort in ("age", "x", None, ["clv"])] == ["age", "money", "money", "money"]


def test_money_that_cannot_be_compared_is_not(desk: House) -> None:
    issue = desk.services.quality.case(2, OPERATOR).ticket.issue
    assert quality_words.impact(issue, Shop()) == (
        "16,667 rows of 1,067,371 do not comply, with 132k and 42 customers on them."
    )
