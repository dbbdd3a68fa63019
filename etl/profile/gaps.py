"""Files of whole orders: a total and no quantity. A line may be one piece at its total, if the shop says so."""

from __future__ import annotations

from etl.profile.aliases import plain
from etl.profile.evidence import Column
from etl.profile.matching import Matching
from etl.profile.question import Option, Question

_TOTALS = """
    total, order total, order amount, total amount, grand total, amount, total price, total sales, revenue, sales,
    sales amount, value, order value, net sales, subtotal, gross, gross amount, gross sales, dollars, betrag,
    gesamtbetrag, gesamt, summe, umsatz, bestellwert, rechnungsbetrag, montant, montant total, total ttc, total ht,
    importe, importe total, bedrag, totaal, totaalbedrag, omzet, importo, totale"""
TOTALS = {plain(name) for name in _TOTALS.split(",")}


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


def _example(columns: list[Column], name: str) -> str:
    """A value of the column called `name`."""
    return next((column.samples[0] for column in columns if column.name == name and column.samples), "")
