"""Saved views: seen by whom they are meant for, changed by their owner, and every change in the journal."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from dashapp.errors import InputError, NotAllowed, NotFound
from dashapp.services import views as service
from dashapp.services.access import Principal, Role
from dashapp.services.views import Views
from dashapp.store.views import View
from tests.people import People

QUERY = {"range": "lq", "country": "France|Spain"}


@pytest.fixture
def views(people: People) -> Views:
    return Views(people.engine, people.journal, people.clock)


@pytest.fixture
def ann(people: People) -> Principal:
    return people.principal("ann", Role.ANALYST)


@pytest.fixture
def vic(people: People) -> Principal:
    return people.principal("vic", Role.VIEWER)


@pytest.fixture
def ada(people: People) -> Principal:
    return people.principal("ada", Role.ADMIN)


def names(found: tuple[View, ...]) -> list[str]:
    return [view.name for view in found]


def test_a_view_keeps_its_address_on_both_databases(people_on_both: People) -> None:
    views = Views(people_on_both.engine, people_on_both.journal, people_on_both.clock)
    ann, vic = (people_on_both.principal(name, Role.ANALYST) for name in ("ann", "vic"))
    kept = views.save(ann, "  South \n  ", "/overview", QUERY, is_team=True)
    views.make_default(vic, kept.code, is_default=True)
    views.star(vic, kept.code, starred=True)
    (seen,) = views.seen(vic, "/overview")
    assert (seen.name, dict(parse_qsl(seen.query)), seen.owner_name) == ("South", QUERY, "ann")
    assert seen.is_default
    assert seen.starred_at == people_on_both.clock()
    assert (views.seen(vic, "/retention"), views.default(ann, "/overview")) == ((), None)


def test_a_private_view_is_to_others_as_if_it_were_not(views: Views, ann: Principal, vic: Principal, ada: Principal):
    kept = views.save(ann, "Mine", "/overview", QUERY, is_team=False)
    for other in (vic, ada):
        assert views.seen(other) == ()
        for attempt in (
            lambda who=other: views.find(kept.code, who),
            lambda who=other: views.opened(who, kept.code),
            lambda who=other: views.star(who, kept.code, starred=True),
            lambda who=other: views.make_default(who, kept.code, is_default=True),
            lambda who=other: views.remove(who, kept.code),
            lambda who=other: views.rename(who, kept.code, "Yours"),
        ):
            with pytest.raises(NotFound) as refusal:
                attempt()
            assert refusal.value.message == service.unknown().message


def test_the_team_sees_a_view_and_only_its_owner_changes_it(views: Views, ann: Principal, vic: Principal):
    kept = views.save(ann, "Ours", "/overview", QUERY, is_team=True)
    assert names(views.seen(vic, "/overview")) == ["Ours"]
    for attempt in (
        lambda: views.rename(vic, kept.code, "Yours"),
        lambda: views.share(vic, kept.code, is_team=False),
        lambda: views.replace(vic, kept.code, {}),
        lambda: views.remove(vic, kept.code),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert views.seen(vic)[0].query == kept.query


def test_an_administrator_removes_a_view_of_the_team_and_anybody_entitled_brings_it_back(
    views: Views, people: People, ann: Principal, vic: Principal, ada: Principal
) -> None:
    kept = views.save(ann, "Ours", "/overview", QUERY, is_team=True)
    views.remove(ada, kept.code)
    assert views.seen(ann) == ()
    with pytest.raises(NotAllowed):
        views.restore(vic, kept.code)
    assert views.restore(ann, kept.code).code == kept.code
    assert names(views.seen(vic)) == ["Ours"]
    assert people.events()[-3:] == ["view:saved", "view:removed", "view:restored"]


def test_what_is_no_longer_shared_is_no_default_any_more(views: Views, ann: Principal, vic: Principal) -> None:
    kept = views.save(ann, "Ours", "/overview", QUERY, is_team=True)
    views.make_default(vic, kept.code, is_default=True)
    views.share(ann, kept.code, is_team=False)
    assert views.default(vic, "/overview") is None


def test_a_page_has_one_default_per_person(views: Views, ann: Principal) -> None:
    one, two = (views.save(ann, name, "/overview", QUERY, is_team=False) for name in ("One", "Two"))
    views.make_default(ann, one.code, is_default=True)
    views.make_default(ann, two.code, is_default=True)
    assert [view.name for view in views.seen(ann) if view.is_default] == ["Two"]
    views.make_default(ann, two.code, is_default=False)
    assert views.default(ann, "/overview") is None


def test_starred_views_come_first_and_home_adds_those_used_last(views: Views, people: People, ann: Principal) -> None:
    _, beta, gamma = (views.save(ann, name, "/overview", QUERY, is_team=False) for name in ("a", "B", "c"))
    views.star(ann, gamma.code, starred=True)
    people.clock.turn(minutes=1)
    views.opened(ann, beta.code)
    assert names(views.seen(ann)) == ["c", "a", "B"]
    assert names(views.for_home(ann)) == ["c", "B", "a"]


def test_a_search_stays_private_for_it_may_name_a_person(views: Views, people: People, ann: Principal) -> None:
    searching = QUERY | {"search": "jane@example.com"}
    with pytest.raises(InputError, match="may name a person"):
        views.save(ann, "Jane", "/customers", searching, is_team=True)
    kept = views.save(ann, "Jane", "/customers", searching, is_team=False)
    with pytest.raises(InputError, match="may name a person"):
        views.share(ann, kept.code, is_team=True)
    assert "example.com" not in str(people.journal.recent(10))
    assert views.save(ann, "Cups", "/products", {"search": "cup"}, is_team=True).is_team


def test_a_name_stands_once_on_a_page_and_is_not_empty(views: Views, ann: Principal, vic: Principal) -> None:
    kept = views.save(ann, "South", "/overview", QUERY, is_team=True)
    views.save(ann, "South", "/retention", QUERY, is_team=False)
    views.save(vic, "South", "/overview", QUERY, is_team=False)
    with pytest.raises(InputError, match="already"):
        views.save(ann, "SOUTH", "/overview", QUERY, is_team=False)
    assert views.rename(ann, kept.code, "SOUTH").name == "SOUTH"
    for name in ("", " \n\t", "x" * 81):
        with pytest.raises(InputError):
            views.rename(ann, kept.code, name)


def test_there_is_an_end_to_what_one_person_keeps(
    views: Views, ann: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_OWNED", 1)
    kept = views.save(ann, "One", "/overview", QUERY, is_team=False)
    with pytest.raises(InputError, match="already"):
        views.save(ann, "Two", "/overview", QUERY, is_team=False)
    with pytest.raises(InputError, match="too much"):
        views.replace(ann, kept.code, {"country": "x" * 3000})
    views.remove(ann, kept.code)
    with pytest.raises(InputError, match="too much"):
        views.save(ann, "Two", "/" + "x" * 120, QUERY, is_team=False)
    views.save(ann, "Two", "/overview", QUERY, is_team=False)
