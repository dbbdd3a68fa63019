"""CDNOW: 69,659 purchases of the 23,570 customers who joined the music shop in the first quarter of 1997.

The data set of Fader and Hardie's papers, carried by the lifetimes package. A purchase here is one order of quantity
1 at its dollar value, because the file knows no prices of single CDs. The 80 purchases of 0.00 dollars are
transactions in the papers (39-week repeat transactions 24,337, days with a purchase 67,591), hence the policy
`zero_price_is_purchase`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from dashapp.errors import SourceError
from etl.source import DeliveredFile, Delivery, Reading, Request, Shop, Source, Strict, validated

COLUMNS = {
    "order_id": "order_id",
    "customer_id": "customer_id",
    "ordered_at": "date",
    "product_id": "product_id",
    "product_name": "product_name",
    "quantity": "quantity",
    "unit_price": "dollars",
}


class Options(Strict):
    sample: bool = False
    """The 1/10 sample of 2,357 customers, with the ids of the full file."""


def deliver(request: Request) -> Delivery:
    """The purchases as CSV, one line for each line of the original file and in its order."""
    options = validated(Options, dict(request.options), "The source cdnow")
    original = request.path or package_file("CDNOW_sample.txt" if options.sample else "CDNOW_master.txt")
    target = request.work / f"{original.stem}.csv"
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS.values())
        writer.writerows(_rows(original))
    columns = {name: (column,) for name, column in COLUMNS.items()}
    reading = Reading(delimiter=",", date_format="%Y%m%d")
    file = DeliveredFile("order_lines", target, columns, reading, origin=f"cdnow:{original.name}")
    return Delivery((file,), Shop("CDNOW", "USD", "United States"), policy={"zero_price_is_purchase": True})


def package_file(name: str) -> Path:
    """A file of lifetimes' data folder; the package itself is not imported. Raises SourceError."""
    spec = find_spec("lifetimes")
    path = Path(spec.origin).parent / "datasets" / name if spec and spec.origin else Path(name)
    if not path.is_file():
        raise SourceError(
            f"The package lifetimes does not carry {name} here.",
            "Give the file: `--source cdnow --path CDNOW_master.txt`.",
        )
    return path


def _rows(original: Path) -> Iterator[list[str]]:
    """Master lines hold id, day, CDs, dollars; sample lines hold the sample's own id after the first."""
    with original.open(encoding="ascii") as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.split()
            if not fields or fields[0] == "customer_id":
                continue
            if len(fields) not in (4, 5):
                raise SourceError(
                    f"Line {number} of {original.name} has {len(fields)} values instead of 4 or 5.",
                    "CDNOW files hold customer, day, CDs and dollars, separated by spaces.",
                )
            customer, (day, _, dollars) = fields[0], fields[-3:]
            yield [f"{original.stem}-{number:06d}", customer, day, "CD", "Compact discs", "1", dollars]


SOURCE = Source(
    name="cdnow",
    help="CDNOW 1997-98: real purchases of 23,570 customers, in US dollars (option sample=true: 2,357 of them)",
    demo=True,
    needs_path=False,
    deliver=deliver,
)
