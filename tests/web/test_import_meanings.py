"""A text is given a meaning once for its column: what is asked, what becomes of it, and that nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashapp.errors import InputError
from dashapp.services import import_meanings
from dashapp.services.import_desk import Desk
from dashapp.store import mappings
from dashapp.web.components import import_actions as actions
from dashapp.web.components.import_meanings import mended
from tests.web.conftest import House
from tests.web.importing import PLAN, finish
from tests.web.test_import_page import _room, form, fresh, ready, shop, shown

__all__ = ["_room", "shop"]
COLUMNS = {"quantity": "Menge", "country": "Land"}


def refusing(*texts: tuple[str, str, str, int], refused: int = 17) -> dict[str, Any]:
    """What a check found: (canonical, column, text, rows)."""
    rejects = [
        {"reason": "bad_number", "sentence": "No number.", "column": column, "canonical": canonical, "lines": lines,
         "amount": None, "repair": "Say once what it means.",
         "examples": [{"line": 9, "value": text, "lines": lines, "row": "{}"}, {"line": 8, "value": None, "lines": 1}]}
        for canonical, column, text, lines in texts
    ]  # fmt: skip
    batches = [PLAN["batches"][0] | {"accepted_lines": 100 - refused, "rejected_lines": refused}]
    return PLAN | {"rejects": rejects, "batches": batches}


def checked(shop: House, plan: dict[str, Any]) -> Desk:
    """A file whose check found this."""
    it, choice = ready(shop)
    finish(shop, it.check(choice), plan)
    return fresh(shop, it)


@pytest.mark.slow
def test_a_meaning_goes_into_the_mapping_and_the_file_is_checked_again(shop: House) -> None:
    it = checked(shop, refusing(("quantity", "Menge", "<zwei>", 12)))
    words = shown(it, "check")
    assert "<zwei> is read as" in words
    assert "for example 2" in words  # an accepted one of the same column
    before = it.upload.draft["plan"]
    mended(it, before, ["2 "], [[]])
    again = fresh(shop, it)
    job = again.job("plan")
    assert job is not None
    assert job.id > before
    assert job.arguments["mapping"]["entities"]["order_lines"]["values"] == {"quantity": {"<zwei>": "2"}}
    finish(shop, job, refusing(refused=5))
    words = shown(again, "check")
    assert "95 rows would be taken, before 83; 5 rows would be refused, before 17." in words
    assert '"value": "2"' in words  # the meaning can still be seen and changed


def test_a_meaning_can_be_taken_back(shop: House) -> None:
    it = checked(shop, refusing(("quantity", "Menge", "zwei", 12)))
    mended(it, it.upload.draft["plan"], ["2"], [[]])
    again = fresh(shop, it)
    job = again.job("plan")
    assert job is not None
    finish(shop, job, refusing())
    mended(fresh(shop, it), job.id, [""], [[]])
    assert fresh(shop, it).choice().values == {}


@pytest.mark.slow
def test_meanings_outlive_a_new_look_and_are_kept_with_the_mapping(shop: House) -> None:
    it = checked(shop, refusing(("quantity", "Menge", "zwei", 12)))
    mended(it, it.upload.draft["plan"], ["2"], [[]])
    again = fresh(shop, it)
    assert actions.kept(again, form(again.choice()), "till-words") == "Kept as till-words."
    kept = mappings.read(shop.services.settings, "till-words")
    assert kept["entities"]["order_lines"]["values"] == {"quantity": {"zwei": "2"}}
    profile = again.profile()
    finish(shop, again.look_as(again.choice(), "order_lines"), profile)
    assert fresh(shop, it).choice().values == {"quantity": {"zwei": "2"}}
    finish(shop, fresh(shop, it).look_with("till-words", fresh(shop, it).choice()), profile | {"mapping": kept})
    assert fresh(shop, it).choice().values == {"quantity": {"zwei": "2"}}


def test_a_column_that_is_left_out_takes_its_meanings_along(shop: House) -> None:
    it, choice = ready(shop)
    given = replace(choice, values={"quantity": {"zwei": "2"}, "country": {"-": ""}})
    part = it.check(given).arguments["mapping"]["entities"]["order_lines"]
    assert part["values"] == {"quantity": {"zwei": "2"}}  # no column is the country


def known(plan: dict[str, Any], values: dict[str, Any]) -> list[import_meanings.Text]:
    part = {"columns": COLUMNS, "values": values}
    return import_meanings.texts({"mapping": {"entities": {"order_lines": part}}}, plan)


def test_not_known_is_said_and_never_taken_from_an_empty_field() -> None:
    texts = known(refusing(("quantity", "Menge", "zwei", 2), ("country", "Land", "-", 3)), {})
    assert import_meanings.meanings(texts, ["", None], [["unknown"], ["unknown"]]) == {"country": {"-": ""}}
    with pytest.raises(InputError, match="No text was given another meaning"):
        import_meanings.meanings(texts, ["", " "], [["unknown"], []])  # a quantity is needed
    with pytest.raises(InputError, match="'-' is ticked as not known and has a meaning"):
        import_meanings.meanings(texts, ["", "DE"], [[], ["unknown"]])


def test_a_text_that_is_refused_in_spite_of_its_meaning_is_listed_once() -> None:
    texts = known(refusing(("quantity", "Menge", "zwei", 2)), {"quantity": {"zwei": "zwo", "drei": "3"}})
    assert [(text.text, text.lines, text.read) for text in texts] == [("zwei", 2, "zwo"), ("drei", 0, "3")]


@pytest.mark.parametrize("reads", [None, "x", {}, [], ["1", "2"]])
def test_a_form_of_another_shape_is_refused(reads: Any) -> None:
    with pytest.raises(InputError, match="does not fit"):
        import_meanings.meanings(known(refusing(("quantity", "Menge", "zwei", 2)), {}), reads, [[]])


def test_a_form_drawn_for_an_earlier_check_is_refused(shop: House) -> None:
    it = checked(shop, refusing(("quantity", "Menge", "zwei", 12)))
    with pytest.raises(InputError, match="checked again"):
        mended(it, 0, ["2"], [[]])


def test_a_layout_that_is_known_has_no_texts_to_read_otherwise() -> None:
    assert import_meanings.texts({"source": "shopify"}, refusing(("quantity", "Menge", "zwei", 12))) == []
