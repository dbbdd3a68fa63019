"""UCI Online Retail, both layouts, as .xlsx, .csv or .parquet: the same rows whichever is given.

I  (2010-12 to 2011-12): InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country
II (2009-12 to 2011-12): Invoice, StockCode, Description, Quantity, InvoiceDate, Price, Customer ID, Country
Licence CC BY 4.0, D. Chen, UCI 352 and 502.

Everything is kept for the checks and the marts to judge: cancellations (C...), the two bad-debt adjustments (A...,
negative price), codes that are charges, exact duplicates, lines without customer. Two things are settled here:
customer numbers that a spreadsheet made 17850.0 are 17850, and the country `Unspecified` is unknown. The workbook of
II has two sheets that share 22,523 lines of 1 to 9 December 2010: they count once.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dashapp.errors import SourceError
from etl import fileformat, workbook
from etl.source import DeliveredFile, Delivery, Reading, Request, Shop, Source, Strict, validated

SHOP = Shop("Online Retail", "GBP", "United Kingdom")
SUFFIXES = (".xlsx", ".csv", ".parquet")
NAMES = {
    "order_id": ("InvoiceNo", "Invoice"),
    "product_id": ("StockCode",),
    "product_name": ("Description",),
    "quantity": ("Quantity",),
    "ordered_at": ("InvoiceDate",),
    "unit_price": ("UnitPrice", "Price"),
    "customer_id": ("CustomerID", "Customer ID"),
    "country": ("Country",),
}


class Options(Strict):
    encoding: str = "utf-8"
    """Of a CSV file; the editions on the web are often cp1252."""
    date_format: str = ""
    delimiter: str = ""
    shop: str = ""
    """Name of the shop; empty: that of the data set."""


def deliver(request: Request) -> Delivery:
    """One batch per file or sheet. Raises SourceError when nothing readable lies at the path."""
    options = validated(Options, dict(request.options), "The source online_retail")
    assert request.path is not None
    reading = Reading(
        encoding=options.encoding,
        date_format=options.date_format,
        delimiter=options.delimiter,
        whole_number_ids=True,
        unknown_words=("Unspecified", "Unknown"),
    )
    files = tuple(
        DeliveredFile("order_lines", path, NAMES, reading, sheet, origin=f"{path.resolve()}#{sheet}")
        for path in _paths(request.path)
        for sheet in _sheets(path)
    )
    return Delivery(files, replace(SHOP, name=options.shop or SHOP.name), count_once=True)


def recognises(names: tuple[str, ...]) -> bool:
    """Whether a header has every column of either layout."""
    return all(not set(accepted).isdisjoint(names) for accepted in NAMES.values())


def _paths(given: Path) -> list[Path]:
    paths = sorted(p for p in given.iterdir() if p.suffix.lower() in SUFFIXES) if given.is_dir() else [given]
    if not paths:
        raise SourceError(f"{given} holds no {', '.join(SUFFIXES)} file.", "Give the file from UCI or its folder.")
    return paths


def _sheets(path: Path) -> list[str]:
    return workbook.sheets(path) if fileformat.of(path) == "workbook" else [""]


SOURCE = Source(
    name="online_retail",
    help="UCI Online Retail I or II: the .xlsx, .csv or .parquet file, or a folder of them",
    demo=False,
    needs_path=True,
    deliver=deliver,
    recognises=recognises,
    title="Online Retail",
)
