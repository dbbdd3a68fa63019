"""/import: every step for the one whose file it is, what it asks of the jobs, and nothing lost on the way."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash import no_update

from dashapp.errors import InputError, TenureError
from dashapp.services import import_arguments, import_choice, uploads
from dashapp.services.access import Principal
from dashapp.services.import_choice import Choice
from dashapp.services.import_desk import Desk
from dashapp.services.job_kind import kind
from dashapp.services.services import Services
from dashapp.settings import Settings
from dashapp.store import mappings
from dashapp.web import factory
from dashapp.web.components import import_actions as actions
from dashapp.web.components.import_check import figures
from dashapp.web.components.import_form import FORM, Form, chosen
from dashapp.web.pages import import_data as page
from tests.web.conftest import SAME_ORIGIN, House, render_page, settle
from tests.web.importing import PLAN, PROFILE, desk, finish, profiled, upload

ANSWERS = {"date_format:Datum": "%d.%m.%Y", "shop.currency": "EUR"}
NOTHING = Form(None, None, None, "order_lines", None, None, None, None)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An application before any data."""
    services, tokens = settle(Settings(data_dir=tmp_path_factory.mktemp("import")))
    return House(factory.create_app(services), services, tokens)


@pytest.fixture(autouse=True)
def _room(shop: House) -> Iterator[None]:
    """Uploads of a test go with it: each person may keep only a few."""
    yield
    for job in shop.services.jobs.recent(desk_reader(shop), 50):
        if not job.over:
            finish(shop, job, None, "Over.")
    for kept in shop.services.uploads.of(desk_reader(shop)):
        shop.services.uploads.remove(kept.id, desk_reader(shop))


def desk_reader(shop: House) -> Principal:
    principal = shop.services.login.principal(shop.tokens["operator"])
    assert principal is not None
    return principal


def shown(desk: Desk, step: str) -> str:
    """The words of a step, with its live part."""
    return words_of(desk.services, desk.reader, {"upload": desk.upload.id, "step": step})


def words_of(services: Services, reader: Principal, address: Any) -> str:
    """What is shown at an address."""
    return json.dumps(list(page.show(services, reader, address)), default=_json)


def _json(value: Any) -> Any:
    return value.to_plotly_json() if hasattr(value, "to_plotly_json") else str(value)


def fresh(house: House, desk: Desk) -> Desk:
    return Desk.open(house.services, desk.reader, desk.upload.id)


def ready(shop: House) -> tuple[Desk, Choice]:
    """A profiled upload with every question answered."""
    it = desk(shop, profiled(shop))
    return it, replace(it.choice(), answers=ANSWERS, shop="Kanne & Co")


def test_operators_find_the_page_from_the_data_page_and_others_do_not(shop: House) -> None:
    assert render_page(shop.client("analyst"), "/import").status_code == 403
    assert "Drop a file here" not in render_page(shop.client("operator"), "/import").text  # drawn by a callback
    assert render_page(shop.client("operator"), "/import", "?upload=x&step=match").status_code == 200


def test_the_first_step_says_what_may_be_loaded_and_lists_ones_own_files(shop: House) -> None:
    upload(shop)
    words = words_of(shop.services, desk_reader(shop), {})
    assert all(word in words for word in ("Bestellungen.csv", "Marketing spend", "order number", "up to 200 MB"))
    stranger = shop.services.login.principal(shop.tokens["admin"])
    assert stranger is not None
    assert "Bestellungen.csv" not in words_of(shop.services, stranger, {})


@pytest.mark.parametrize("step", ["profile", "match", "check", "confirm", "nonsense", 7, None])
@pytest.mark.parametrize("upload_id", ["x", "0" * 32, "../..", 7])
def test_an_address_that_leads_nowhere_is_answered(shop: House, step: Any, upload_id: Any) -> None:
    words = words_of(shop.services, desk_reader(shop), {"upload": upload_id, "step": step})
    assert "Choose a file" in words


def test_looking_at_a_file_starts_once_however_often_the_page_is_opened(shop: House) -> None:
    it = desk(shop, upload(shop))
    assert "Looking at the file" in shown(it, "profile")
    first = fresh(shop, it).upload.draft["profile"]
    shown(fresh(shop, it), "profile")
    assert fresh(shop, it).upload.draft["profile"] == first


def test_a_failed_look_says_why_and_can_be_repeated(shop: House) -> None:
    it = desk(shop, upload(shop))
    finish(shop, it.start("profile", {"upload": it.upload.id}), None, "The file has no header.")
    words = shown(fresh(shop, it), "profile")
    assert "The file has no header." in words
    assert "Try again" in words
    actions_before = fresh(shop, it).upload.draft["profile"]
    page.again(fresh(shop, it), "profile")
    assert fresh(shop, it).upload.draft["profile"] > actions_before


def test_a_second_look_that_failed_is_repeated_with_what_was_said(shop: House) -> None:
    it, choice = ready(shop)
    finish(shop, it.look_as(choice, "products"), None, "The worker was stopped.")
    said = fresh(shop, it).job("profile")
    assert said is not None
    assert "Look at it as if nothing was said" in shown(fresh(shop, it), "profile")
    page.again(fresh(shop, it), "profile")
    repeated = fresh(shop, it).job("profile")
    assert repeated is not None
    assert (repeated.id > said.id, repeated.arguments) == (True, said.arguments)
    finish(shop, repeated, PROFILE)
    assert fresh(shop, it).choice().shop == "Kanne & Co"


def test_a_layout_that_is_known_asks_what_it_leaves_open_and_is_told(shop: House) -> None:
    zone = {
        "key": "timezone", "column": "Datum", "sentence": "In which time zone does the shop keep its day?",
        "options": [{"value": "Europe/Berlin", "label": "Europe/Berlin", "example": ""}],
    }  # fmt: skip
    known = PROFILE | {"source": "shopify", "questions": [*PROFILE["questions"][1:], zone]}
    it = desk(shop, profiled(shop, known))
    assert "1 thing about this file only you can say" in shown(it, "profile")
    assert zone["sentence"] in shown(it, "match")
    assert import_choice.problems(it.profile(), it.choice()) == [zone["sentence"]]
    choice = replace(it.choice(), answers={"timezone:Datum": "Europe/Berlin"})
    assert import_choice.problems(it.profile(), choice) == []
    job = it.check(choice)
    assert job.arguments["options"] == {"timezone": "Europe/Berlin", "shop": "Shop"}
    assert "--option=timezone=Europe/Berlin" in kind("plan").command(job.arguments, shop.services.settings)


def test_statuses_of_the_shops_own_are_said_in_the_wizard_and_only_to_the_source(shop: House) -> None:
    def own(status: str) -> dict[str, Any]:
        sets = ({"count": ["completed", status]}, {"leave": [status]})
        options = [
            {"value": value, "label": value, "example": "", "sets": one}
            for value, one in zip(("yes", "no"), sets, strict=True)
        ]
        return {"key": f"status.{status}", "column": "", "sentence": f"{status}?", "options": options,
                "of_source": True}  # fmt: skip

    asked = [own("printed"), own("packed"), own("test")]
    it = desk(shop, profiled(shop, PROFILE | {"source": "woocommerce", "questions": asked}))
    assert import_choice.problems(it.profile(), it.choice()) == ["printed?", "packed?", "test?"]
    choice = replace(it.choice(), answers={"status.printed": "yes", "status.packed": "yes", "status.test": "no"})
    assert it.check(choice).arguments["options"] == {
        "count": "completed,printed,packed",
        "leave": "test",
        "shop": "Shop",
    }
    unknown = replace(choice, source="", shop="A", currency="EUR")
    assert import_choice.asked(it.profile(), unknown) == []
    assert not {"count", "leave"} & import_choice.mapping_of(it.profile(), unknown, "a.csv").keys()


def test_the_answers_a_file_speaks_for_come_first_and_another_is_taken_from_the_list(shop: House) -> None:
    codes = ("EUR", "CHF", "USD", "GBP", "SEK", "NOK", "DKK", "PLN", "CZK")
    options = [{"value": code, "label": code, "example": ""} for code in codes]
    question = {"key": "shop.currency", "column": "", "sentence": "Which?", "options": options, "likely": 2}
    it = desk(shop, profiled(shop, PROFILE | {"questions": [question]}))
    assert '"value": "-"' in shown(it, "match")
    likely = form(it.choice(), answers=["CHF"], rest=["SEK"])
    other, open_ = likely._replace(answers=["-"]), likely._replace(answers=["-"], rest=[None])
    assert [chosen(it, given).currency for given in (likely, other)] == ["CHF", "SEK"]
    assert chosen(it, open_).answers == {}


def test_columns_that_look_like_nothing_known_are_folded_and_keep_their_controls(shop: House) -> None:
    unknown = [{"name": f"x{n}", "samples": [], "empty_share": 0.0, "proposals": []} for n in range(13)]
    it = desk(shop, profiled(shop, PROFILE | {"columns": [*unknown, *PROFILE["columns"]]}))
    assert "13 further columns, left out unless you say what they are" in shown(it, "match")
    given = form(it.choice())
    choice = chosen(it, given._replace(columns=[*given.columns, *["-"] * 12, "channel"]))
    assert choice.columns == {**it.choice().columns, "x12": "channel"}
    it.keep(choice)
    assert '"open": true' in shown(fresh(shop, it), "match")


def test_a_file_that_lacks_something_leads_to_another_file_first(shop: House) -> None:
    it = desk(shop, upload(shop))
    finish(shop, it.start("profile", {"upload": it.upload.id}), None, "The file has no lines.")
    words = shown(fresh(shop, it), "profile")
    assert words.index("Choose another file") < words.index("Try again")


def test_what_was_found_is_shown_with_the_way_on(shop: House) -> None:
    words = shown(desk(shop, profiled(shop)), "profile")
    assert all(
        word in words for word in ("Orders", "semicolons", "2 things about this file only you can say", "step=match")
    )


def test_columns_are_matched_as_proposed_and_questions_are_left_to_the_reader(shop: House) -> None:
    it = desk(shop, profiled(shop))
    words = shown(it, "match")
    assert words.count('"value": "order_id"') == 7  # six lists of choices, and chosen once
    assert "Sure: The name." in words
    assert "A guess: Words." in words
    assert "2\\u00a0% empty" in words
    assert "for example 03.04.2024 is 3 April 2024" in words
    left = import_choice.problems(it.profile(), it.choice())
    assert left[:2] == ["Which comes first, the day or the month?", "In which currency are the prices?"]


def form(choice: Choice, **changes: Any) -> Form:
    """The form as the browser has it for a choice."""
    names = [column["name"] for column in PROFILE["columns"]]
    questions = [import_choice.question_id(question) for question in PROFILE["questions"]]
    filled = Form(
        [choice.columns.get(name, "") for name in names],
        [choice.answers.get(name) for name in questions],
        [choice.fixed.get(column.name, "") for column in choice.kind.columns],
        choice.entity, [], "append" if choice.append else "replace", choice.shop, choice.currency,
    )  # fmt: skip
    return filled._replace(**changes)


def test_every_change_is_kept_and_survives_a_reload(shop: House) -> None:
    it, choice = ready(shop)
    actions.changed(it, form(choice, fixed=["", "", "", "", "", "1"]))
    again = fresh(shop, it).choice()
    assert (again.answers, again.shop, again.fixed["quantity"]) == (ANSWERS, "Kanne & Co", "1")
    assert '"value": "Kanne & Co"' in shown(fresh(shop, it), "match")


def test_a_choice_becomes_the_mapping_that_is_checked_and_then_imported(shop: House) -> None:
    it, choice = ready(shop)
    where, said = actions.asked_to_check(it, form(choice))
    assert (where, said) == ({"href": f"/import?upload={it.upload.id}&step=check"}, "")
    job = fresh(shop, it).job("plan")
    assert job is not None
    mapping = job.arguments["mapping"]
    assert mapping == {
        "shop": {"name": "Kanne & Co", "currency": "EUR"},
        "delimiter": ";",
        "decimal_comma": True,
        "date_format": "%d.%m.%Y",
        "entities": PROFILE["mapping"]["entities"],
    }
    finish(shop, job, PLAN)
    assert fresh(shop, it).confirm().arguments == job.arguments


def test_a_second_click_is_the_same_job(shop: House) -> None:
    it, choice = ready(shop)
    job = it.check(choice)
    assert it.check(choice).id == job.id  # before the first answer has arrived
    assert fresh(shop, it).check(choice).id == job.id
    finish(shop, job, PLAN)
    assert fresh(shop, it).check(choice).id > job.id


def test_what_is_left_to_do_is_said_instead_of_checked(shop: House) -> None:
    it, choice = ready(shop)
    columns = dict(choice.columns) | {"Artikel": "order_id"}
    _, said = actions.asked_to_check(it, form(replace(choice, columns=columns)))
    assert said.startswith("More than one column is Order number.")
    columns = {name: value for name, value in choice.columns.items() if value != "quantity"}
    assert actions.asked_to_check(it, form(replace(choice, columns=columns)))[1].startswith("No column is Quantity.")
    assert "plan" not in fresh(shop, it).upload.draft


def test_another_kind_of_file_is_looked_at_anew_with_what_was_said(shop: House) -> None:
    it, choice = ready(shop)
    _, go, _ = actions.changed(it, form(choice, entity="products"))
    assert go == {"href": f"/import?upload={it.upload.id}&step=profile"}
    job = fresh(shop, it).job("profile")
    assert job is not None
    assert job.arguments["entity"] == "products"
    assert job.arguments["mapping"] == {
        "shop": {"name": "Kanne & Co", "currency": "EUR"},
        "delimiter": ";", "decimal_comma": True, "date_format": "%d.%m.%Y",
    }  # fmt: skip
    part = {"columns": {"product_id": "Artikel"}, "files": "bestellungen.csv"}
    mapping = {"shop": {"name": "Kanne & Co", "currency": "EUR"}, "entities": {"products": part}}
    finish(shop, job, PROFILE | {"entity": "products", "mapping": mapping, "questions": []})
    again = fresh(shop, it)
    assert (again.choice().columns, again.choice().shop) == ({"Artikel": "product_id"}, "Kanne & Co")
    assert "Category" in shown(again, "match")
    name = mapping["entities"]["products"]["files"]
    asked = import_choice.arguments(it.upload.id, again.profile(), again.choice(), name)
    assert asked == {"upload": it.upload.id, "mapping": mapping, "entity": "products"}
    with pytest.raises(InputError, match="import a file of orders first"):
        again.check(again.choice())


def test_an_answer_the_columns_hang_on_has_the_file_looked_at_anew(shop: House) -> None:
    options = [
        {"value": name, "label": name, "example": "Käse", "sets": {"encoding": name}} for name in ("cp1252", "latin-1")
    ]
    question = {"key": "encoding", "column": "", "sentence": "Which is right?", "options": options}
    it = desk(shop, profiled(shop, PROFILE | {"questions": [question], "encoding": "cp1252"}))
    _, go, _ = actions.changed(it, form(it.choice(), answers=["cp1252"]))
    assert go is no_update  # it was read so already
    _, go, _ = actions.changed(fresh(shop, it), form(it.choice(), answers=["latin-1"]))
    assert go is not no_update
    job = fresh(shop, it).job("profile")
    assert job is not None
    assert job.arguments["mapping"]["encoding"] == "latin-1"


def test_a_quantity_nobody_delivers_is_asked_for_and_can_be_given(shop: House) -> None:
    sets = {"entities": {"order_lines": {"fixed": {"quantity": "1"}, "columns": {"unit_price": "Menge"}}}}
    option = {"value": "1", "label": "Yes", "example": "2", "sets": sets}
    question = {"key": "fixed.quantity", "column": "Menge", "sentence": "Is every line one piece?", "options": [option]}
    it = desk(shop, profiled(shop, PROFILE | {"questions": [question]}))
    columns = {name: value for name, value in it.choice().columns.items() if value not in ("quantity", "unit_price")}
    choice = replace(it.choice(), columns=columns, shop="A", currency="EUR")
    assert import_choice.problems(it.profile(), choice) == ["Is every line one piece?"]  # the answer tells the price
    answered = replace(choice, answers={"fixed.quantity:Menge": "1"})
    assert import_choice.problems(it.profile(), answered) == []
    part = import_choice.mapping_of(it.profile(), answered, "a.csv")["entities"]["order_lines"]
    assert (part["fixed"], part["columns"]["unit_price"]) == ({"quantity": "1"}, "Menge")
    by_hand = replace(choice, fixed={"quantity": "3", "unit_price": "9"})
    assert import_choice.problems(it.profile(), by_hand) == []


def test_a_layout_that_is_known_needs_no_matching(shop: House) -> None:
    it = desk(shop, profiled(shop, PROFILE | {"source": "shopify", "questions": []}))
    assert import_choice.problems(it.profile(), it.choice()) == []
    job = it.check(replace(it.choice(), shop=" Kanne & Co "))
    assert job.arguments == {"upload": it.upload.id, "source": "shopify", "options": {"shop": "Kanne & Co"}}
    assert import_choice.problems(it.profile(), replace(it.choice(), shop=" ")) == ["The shop has no name."]


def test_a_mapping_is_kept_under_a_name_and_used_for_the_next_file(shop: House) -> None:
    it, choice = ready(shop)
    assert actions.kept(it, form(choice), "../x").startswith("'../x' cannot be the name")
    assert actions.kept(it, form(choice), "till") == "Kept as till."
    kept = mappings.read(shop.services.settings, "till")
    assert kept["entities"]["order_lines"]["files"] == "*.csv"
    assert actions.used(it, form(choice), "gone")[1].startswith("There is no mapping called")
    assert actions.used(it, form(choice), "")[1] == "Choose a mapping first."
    go, said = actions.used(it, form(choice), "till")
    assert (go, said) == ({"href": f"/import?upload={it.upload.id}&step=profile"}, "")
    job = fresh(shop, it).job("profile")
    assert job is not None
    assert job.arguments == {"upload": it.upload.id, "mapping_name": "till"}


def test_a_check_shows_rows_repairs_rules_and_figures_as_text(shop: House) -> None:
    it, choice = ready(shop)
    finish(shop, it.check(choice), PLAN)
    words = shown(fresh(shop, it), "check")
    for expected in (
        "12,031", "Correct the dates in the file.", "17 rows", "31.02.2024", "Every line has a customer", "4,100",
        "+4,000", "12,031 to add, 84 to replace", "rejects.csv", "step=confirm",
    ):  # fmt: skip
        assert expected in words, expected
    assert "dangerously" not in words


def test_a_rule_that_stops_leaves_no_way_to_import(shop: House) -> None:
    it, choice = ready(shop)
    finish(shop, it.check(choice), PLAN | {"stopped": True})
    assert "step=confirm" not in shown(fresh(shop, it), "check")
    assert page.START not in shown(fresh(shop, it), "confirm")
    with pytest.raises(InputError, match="A rule stops"):
        fresh(shop, it).confirm()


def test_nothing_is_imported_that_was_not_checked(shop: House) -> None:
    it, choice = ready(shop)
    with pytest.raises(InputError, match="not been checked"):
        it.confirm()
    it.check(choice)
    with pytest.raises(InputError, match="not been checked"):
        fresh(shop, it).confirm()


def test_an_import_is_watched_cancelled_and_told(shop: House) -> None:
    it, choice = ready(shop)
    finish(shop, it.check(choice), PLAN)
    where = {"upload": it.upload.id, "step": "confirm"}
    assert "Import 12,031 rows of Bestellungen.csv?" in shown(fresh(shop, it), "confirm")
    *_, is_over, _, said = page.acted(shop.services, it.reader, where, lambda it: it.confirm())
    assert (is_over, said) == (False, "")
    job = fresh(shop, it).job("import")
    assert job is not None
    assert page.watched(shop.services, it.reader, where)[1] is False
    with pytest.raises(TenureError, match="A job is reading"):
        shop.services.uploads.remove(it.upload.id, it.reader)
    finish(shop, job, {"snapshot_id": "000001-ab", "published": True, "counts": {"customers": 2}})
    live, is_over, _, fresh_words = page.watched(shop.services, it.reader, where)
    assert is_over
    assert "No data" in json.dumps(fresh_words, default=_json)  # the line above the page is written anew
    assert "Everybody sees snapshot 000001-ab now." in json.dumps(live, default=_json)


def test_cancelling_reaches_the_job(shop: House) -> None:
    it = desk(shop, upload(shop))
    job = it.start("profile", {"upload": it.upload.id})
    assert "being cancelled" in page.stopped(shop.services, it.reader, {"upload": it.upload.id, "step": "profile"})
    assert shop.services.jobs.get(job.id, it.reader).state == "cancelled"


@pytest.mark.parametrize("columns", [None, "x", {}, [None, 7, ["a"]], ["order_id"] * 50])
def test_a_form_of_another_shape_changes_nothing_it_should_not(shop: House, columns: Any) -> None:
    it = desk(shop, profiled(shop))
    choice = chosen(it, NOTHING._replace(columns=columns))
    assert set(choice.columns) <= {column["name"] for column in PROFILE["columns"]}
    assert set(choice.columns.values()) <= {column.name for column in choice.kind.columns}


def test_the_form_lists_the_controls_in_its_own_order() -> None:
    assert len(FORM) == len(Form._fields)


def _refused(path: Path, *rows: Any) -> None:
    """What a rehearsal leaves for these rows: objects of their columns, or the text of what is no row."""
    raw = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    found = pd.DataFrame(
        {"line_number": range(2, 2 + len(raw)), "reasons": "bad_date,other", "amount": 1.5, "raw_row": raw}
    )
    found.to_parquet(path)


def test_refused_rows_are_downloaded_without_formulas(shop: House) -> None:
    it, choice = ready(shop)
    finish(shop, it.check(choice), PLAN)
    path = uploads.folder(shop.services.settings, it.upload.id) / uploads.REJECTS
    address = f"/uploads/{it.upload.id}/rejects.csv"
    assert shop.client("operator").get(address, headers={"Accept": "application/json"}).status_code == 404
    _refused(path, {"Bestellnr": "7", "Datum": "31.02.2024", "Artikel": "=cmd()"}, '8;"broken')
    answer = shop.client("operator").get(address)
    text = answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"] == "attachment; filename=refused-rows.csv"
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert (rows[0]["Row of the file"], rows[0]["Datum"], rows[0]["Artikel"]) == ("2", "31.02.2024", "'=cmd()")
    assert rows[0]["Why"] == "The date does not exist."
    assert rows[0]["What to do"] == "Correct the dates in the file."
    assert (rows[1]["Datum"], rows[1]["As written"]) == ("", '8;"broken')
    assert shop.client("admin").get(address, headers={"Accept": "application/json"}).status_code == 404
    assert shop.services.journal.recent(1)[0].event == "export:downloaded"


def test_removing_a_file_ends_its_import(shop: House) -> None:
    upload_id = profiled(shop)
    assert shop.client("operator").delete(f"/uploads/{upload_id}", headers=SAME_ORIGIN).status_code == 204
    words = words_of(shop.services, desk_reader(shop), {"upload": upload_id, "step": "match"})
    assert "Bestellungen.csv was removed." in words


def second_file(shop: House) -> str:
    """The id of a price list that has been looked at."""
    upload_id = upload(shop, "Artikel;Preis;Menge\nTasse;4,50;9\n", "Artikel.csv")
    columns = [{"name": name, "samples": [], "proposals": []} for name in ("Artikel", "Preis", "Menge")]
    found = PROFILE | {"entity": "products", "columns": columns, "questions": [], "mapping": {}}
    finish(shop, desk(shop, upload_id).start("profile", {"upload": upload_id}), found)
    return upload_id


def test_columns_of_another_file_stand_beside_those_of_the_file_and_go_again(shop: House) -> None:
    second = second_file(shop)
    it, choice = ready(shop)
    assert "Artikel.csv: Preis" in shown(it, "match")
    it.look_beside(choice, "Artikel", f"{second}:0")
    job = fresh(shop, it).job("profile")
    assert job is not None
    place = f"with/{second[:8]}/artikel.csv"
    lookup = {"file": place, "by": {"Artikel": "Artikel"}, "columns": ["Preis"]}  # Menge is a column of the file itself
    part = job.arguments["mapping"]["entities"]["order_lines"]
    assert part == {"lookups": [lookup]}
    folder = uploads.data_folder(shop.services.settings, it.upload.id)
    assert "Tasse" in (folder / place).read_text()
    assert import_arguments.uploaded({"upload": it.upload.id}, shop.services.settings).name == "bestellungen.csv"
    found = deepcopy(PROFILE)
    found["columns"].append({"name": "Preis", "samples": ["4,50"], "proposals": []})
    found["mapping"]["entities"]["order_lines"]["lookups"] = [lookup]
    finish(shop, job, found)
    again = fresh(shop, it)
    assert "With 1 column of artikel.csv" in shown(again, "match")
    made = import_choice.mapping_of(again.profile(), again.choice(), "a.csv")["entities"]["order_lines"]
    assert made["lookups"] == []  # nothing of it is used
    taken = replace(again.choice(), columns={**again.choice().columns, "Preis": "unit_cost"})
    made = import_choice.mapping_of(again.profile(), taken, "a.csv")["entities"]["order_lines"]
    assert made["lookups"] == [lookup]
    again.look_alone(taken)
    job = fresh(shop, it).job("profile")
    assert job is not None
    assert job.arguments["mapping"]["entities"]["order_lines"] == {"lookups": []}


@pytest.mark.parametrize(("own", "there"), [("Artikel", "x:0"), ("Nichts", "{}:0"), ("Artikel", "{}:9"), (None, None)])
def test_a_second_file_is_one_of_ones_own_and_the_columns_are_there(shop: House, own: Any, there: Any) -> None:
    second = second_file(shop)
    it, choice = ready(shop)
    with pytest.raises(InputError, match="No column was chosen"):
        it.look_beside(choice, own, there and there.format(second))


def test_amounts_in_another_currency_are_not_held_against_each_other(shop: House) -> None:
    for now, title in (("EUR", "Before and after"), ("", "Before and after"), ("GBP", "After the import")):
        shown_figures = json.dumps([part.to_plotly_json() for part in figures(PLAN, "EUR", now)], default=str)
        assert title in shown_figures
        assert ("Now" in shown_figures) is (title == "Before and after")


def test_the_last_day_of_a_table_of_customers_is_given_by_hand(shop: House) -> None:
    part = {"columns": {"customer_id": "Kunde", "frequency": "F", "recency_days": "R", "T_days": "T",
                        "monetary_value": "M"}, "files": "a.csv"}  # fmt: skip
    mapping = {"shop": {"name": "Shop", "currency": "EUR"}, "entities": {"customer_summaries": part}}
    found = PROFILE | {"entity": "customer_summaries", "questions": [], "mapping": mapping, "columns": []}
    it = desk(shop, profiled(shop, found))
    said = ["No column is Last day counted; give the day under the table."]
    assert import_choice.problems(it.profile(), it.choice(), is_first=True) == said
    assert '"type": "date"' in shown(it, "match")
    given = replace(it.choice(), fixed={"observed_until": "2011-12-09"})
    arguments = it.check(given).arguments
    assert arguments["mapping"]["entities"]["customer_summaries"]["fixed"] == {"observed_until": "2011-12-09"}
    assert "entity" not in arguments  # it stands alone: whatever was loaded goes
