"""What a file of orders may leave out: a quantity, a number of the order, a minus. A line may still be an order or a
return, if the shop says so."""

from __future__ import annotations

import re

from etl.profile.aliases import TOTALS, plain
from etl.profile.evidence import Column
from etl.profile.matching import Matching
from etl.profile.question import Option, Question

ROW = "{file} {line}"
"An order number that no other row has, and no row of a file of another name."
RETURNS = re.compile("return|refund|ruckgabe|retoure|retour|devolucion|reso")


def quantity_of_one(found: Matching, columns: list[Column], missing: list[str]) -> tuple[list[Question], list[str]]:
    """The question whether a line is one piece, and a note where the file holds no money at all."""
    if found.entity != "order_lines" or "quantity" not in missing:
        return [], []
    totals = [column for column in columns if plain(column.name) in TOTALS and column.number > 0.8]
    price = found.matches.get("unit_price")
    if not price and not totals:
        return [], ["No column holds a quantity, a price or a total."]
    name = price[0] if price else totals[0].name
    sets = {"fixed": {"quantity": "1"}} | ({} if price else {"columns": {"unit_price": name}})
    option = Option("1", f"Yes: one piece at the amount in {name}", _example(columns, name), sets)
    sentence = f"No column says how many pieces were bought. Is every line one purchase of the amount in {name!r}?"
    return [Question("fixed.quantity", name, sentence, (option,))], []


def order_of_line(found: Matching, missing: list[str]) -> list[Question]:
    """The question whether a line is an order, where no column numbers the orders."""
    if found.entity != "order_lines" or "order_id" not in missing:
        return []
    sentence = "No column numbers the orders. Is every row an order of its own?"
    option = Option("row", "Yes: the number is made of the file's name and the row", "", {"fixed": {"order_id": ROW}})
    return [Question("fixed.order_id", "", sentence, (option,))]


def all_returns(found: Matching, columns: list[Column], is_known: bool) -> list[Question]:
    """The question whether every line gives goods back: a column's name speaks of returns, and no value is negative.

    is_known: a mapping has said it already.
    """
    by_name = {column.name: column for column in columns}
    names = [found.matches[name][0] for name in ("quantity", "ordered_at", "order_id") if name in found.matches]
    told = [name for name in names if RETURNS.search(plain(name))]
    if is_known or not told or any(text.startswith("-") for text in by_name[names[0]].samples):
        return []
    sentence = "The name of this column speaks of returns, but no number is negative. Does every row give goods back?"
    options = (
        Option("yes", "Yes: every quantity counts as negative", "", {"returns": True}),
        Option("no", "No: the rows are sales", "", {"returns": False}),
    )
    return [Question("returns", told[0], sentence, options)]


def _example(columns: list[Column], name: str) -> str:
    """A value of the column called `name`."""
    return next((column.samples[0] for column in columns if column.name == name and column.samples), "")
