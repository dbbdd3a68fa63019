"""What separates the columns, and whether the first line names them."""

from __future__ import annotations

from pathlib import Path

from tests.etl.loading import accepted
from tests.etl.profile.filing import after, keys, loaded, profiled, question, text

SHOP = {"name": "x", "currency": "EUR"}
ROWS = [(f"o{n}", "2024-02-13", f"c{n}@x.de", "p", "1", "2.5") for n in range(30)]


def test_decimal_commas_do_not_make_the_comma_a_separator(tmp_path: Path):
    rows = [(*row[:5], "2,5") for row in ROWS]
    assert profiled(tmp_path, text(rows, delimiter=";"), shop=SHOP).format == "semicolon"


def test_a_file_without_names_is_asked_about_and_its_first_line_is_kept(tmp_path: Path):
    found = profiled(tmp_path, text(ROWS[1:], ROWS[0]), shop=SHOP)
    assert keys(found)[0] == "header"
    assert [column["name"] for column in found.columns] == [f"column {n}" for n in range(1, 7)]
    answered = after(tmp_path, found, header="none")
    assert "header" not in keys(answered)
    part = answered.mapping["entities"][answered.entity]
    names = ("order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price")
    part["columns"] = {name: f"column {n}" for n, name in enumerate(names, start=1)}
    complete = {"shop": SHOP, "entities": {"order_lines": part}}
    assert len(accepted(loaded(tmp_path, complete))) == 30


def test_a_mapping_that_names_the_columns_of_the_first_line_settles_it(tmp_path: Path):
    entities = {"order_lines": {"columns": {"order_id": "2001", "quantity": "7"}}}
    found = profiled(tmp_path, "2001,7\n1,2\n3,4\n", shop=SHOP, entities=entities)
    assert keys(found) == []
    assert question(profiled(tmp_path, "2001,7\n1,2\n3,4\n", shop=SHOP), "header").options[0].example == "2001 / 7"
