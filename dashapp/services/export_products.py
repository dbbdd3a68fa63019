"""The products list of one view as a file: the rows, the order and the words of the screen, with what they rest on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import pandas as pd

from dashapp.domain.product_listing import ProductListing
from dashapp.domain.vocabulary import LifecycleStage
from dashapp.services import sheets
from dashapp.services.carried import explained
from dashapp.services.cells import csv_text
from dashapp.services.exports import MOST_ROWS, provenance
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot

COLUMNS = {
    "product_name": "Name of the product list, else the description most often used.",
    "product_id": "The shop's own code of the product.",
    "category": "Category; Unknown where none was delivered.",
    "stage": "Where the product stands in its life, and the stage that a further month would confirm. "
    "As of the last month that is over.",
    "stage_probability": "Share of resampled curves or trends in that stage, empty where a rule decides or a "
    "further month has to; 0 to 1 in files.",
    "net_sales": "Sales less returns, over all observed days.",
    "trend": "Units of the last twelve whole months, the oldest first.",
    "units": "Pieces sold less pieces returned.",
    "gross_margin": "Net sales less cost of goods; empty without costs.",
    "buyers": "Identified customers who bought it.",
    "repeat_rate": "Buyers who bought it on two days or more, of all buyers; 0 to 1 in files.",
    "first_purchase_share": "Buyers who had it on their first purchase day, of all buyers; 0 to 1 in files.",
    "starter_value": "Past net sales of a customer who started with it, at equal age, drawn towards the mean of all; "
    "empty below 20 such customers.",
    "return_rate": "Pieces returned of pieces sold; 0 to 1 in files.",
    "last_sold_on": "Day of the latest sale.",
    "starter_value_low": "Lower end of the 90 % interval of starter_value.",
    "starter_value_high": "Upper end of the 90 % interval of starter_value.",
    "starters": "Customers behind starter_value.",
    "reason": "Why the stage is what it is.",
}
"Columns of the products file in order, those of the screen first, and what they mean."


@dataclass(frozen=True, slots=True)
class ProductsRequest:
    """Who wants which products."""

    listing: ProductListing
    asked_by: str
    asked_at: datetime


class ProductsFile:
    """The products list of one view as a file. Raises FilterError for an order there is none of."""

    def __init__(self, snapshot: Snapshot, request: ProductsRequest, most_rows: int = MOST_ROWS) -> None:
        self._snapshot = snapshot
        self.request = request
        self._most_rows = most_rows
        first = snapshot.frame("products_list", **request.listing.parameters(), limit=1, offset=0)
        self.matching = int(first["matching"].iloc[0]) if len(first) else 0
        "Products in the view."
        self.rows = min(self.matching, most_rows)
        "Products in the file."

    def name(self, suffix: str) -> str:
        """A file name of letters, digits, points and hyphens, that says when it holds only a part."""
        part = "" if self.rows == self.matching else f"-first-{self.rows}-of-{self.matching}"
        return f"products-{self._snapshot.facts.observed_until:%Y-%m-%d}-snapshot-{self._snapshot.seq}{part}.{suffix}"

    def about(self) -> list[tuple[str, str]]:
        """What a reader of the file needs to know, as (item, text)."""
        facts, request = self._snapshot.facts, self.request
        held = f"{self.rows:,}"
        head = [
            ("Content", f"Products of {facts.shop_name or facts.source}, over all observed days"),
            ("Filters", request.listing.sentence()),
            ("Rows", held if self.rows == self.matching else f"{held} of {self.matching:,}: the first in this order"),
            *provenance(self._snapshot, request.asked_by, request.asked_at),
        ]
        return head + [(f"Column {name}", text) for name, text in COLUMNS.items()]

    def about_csv(self) -> bytes:
        """`about` as a CSV file."""
        return explained(self.about())

    def csv(self) -> Iterator[bytes]:
        """The file piece by piece; never whole in memory."""
        return csv_text(self._frames())

    def xlsx(self, settings: Settings) -> IO[bytes]:
        """The workbook in a nameless temporary file, at its start. It vanishes when closed."""
        file, folder = sheets.temporary(settings)
        with sheets.workbook(file, folder) as book:
            sheet = sheets.Sheet(book, "Products")
            for frame in self._frames():
                sheet.write(frame)
            sheets.write_about(book, self.about(), sheet.shortened)
        file.seek(0)
        return file

    def _frames(self) -> Iterator[pd.DataFrame]:
        found = self._snapshot.batches(
            "products_list", **self.request.listing.parameters(), limit=self._most_rows, offset=0
        )
        frames = (as_shown(frame)[list(COLUMNS)] for frame in found)
        return itertools.chain([next(frames, pd.DataFrame(columns=list(COLUMNS)))], frames)


def as_shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `products_list` with the stage in the words of the screen."""
    words = [stage_words(*pair) for pair in zip(frame["stage"], frame["pending"], strict=True)]
    return frame.assign(stage=pd.Series(words, index=frame.index, dtype=object))


def stage_words(stage: Any, pending: Any) -> str:
    """The stage, and the one that another month would confirm.

    >>> stage_words("maturity", "decline"), stage_words("growth", None), stage_words(None, None)
    ('Maturity, decline next?', 'Growth', 'Never sold')
    """
    if not isinstance(stage, str):
        return "Never sold"
    next_one = f", {LifecycleStage(pending).label.lower()} next?" if isinstance(pending, str) else ""
    return LifecycleStage(stage).label + next_one
