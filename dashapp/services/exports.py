"""What leaves the house as a file: the customers list with everything needed to read it.

A file never holds less than it says: beyond the row limit its name, its About part and the log say so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.validity import Validity
from dashapp.services import customers, sheets
from dashapp.services.access import Role
from dashapp.services.carried import explained
from dashapp.services.cells import csv_text
from dashapp.services.search import search
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot

MOST_ROWS = 1_000_000
"Rows in one file; a worksheet ends at 1,048,576."
PAGE_ROWS = 20_000
"Rows held at a time."
CONTACT = ("customer_name", "email")

COLUMNS = {
    "customer_id": "The shop's own number of the customer.",
    "customer_name": "Name as delivered.",
    "email": "E-mail address as delivered.",
    "country": "Country of the first purchase; Unknown when not delivered.",
    "channel": "Channel of the first purchase; Unknown when not delivered.",
    "segment": "Group by recency, frequency and money, 1 to 5 each.",
    "customer_state": "new, active, reactivated, at_risk or lapsed, from the customer's own gaps between purchases.",
    "order_count": "Orders with at least one purchase.",
    "return_count": "Orders sent back in whole or part.",
    "first_order_date": "Day of the first purchase.",
    "last_order_date": "Day of the latest purchase.",
    "days_since_last_order": "Days from the latest purchase to the as-of day.",
    "average_gap_days": "Mean days between purchase days; empty for one purchase day.",
    "average_order_value": "Net sales per order.",
    "net_sales": "Sales less returns, over all observed days.",
    "p_alive": "Probability that the customer has not left for good; 0 to 1 in files.",
    "p_active": "Probability of at least one purchase in the horizon; 0 to 1 in files.",
    "expected_purchases": "Expected purchase days in the horizon.",
    "expected_order_value": "Expected value of a purchase day.",
    "clv": "Predicted CLV, the value of the horizon: discounted, times the gross margin.",
    "clv_low": "Lower end of the 80 % predictive interval of the predicted value.",
    "clv_high": "Upper end of the 80 % predictive interval of the predicted value.",
    "value_at_risk": "Predicted value that is lost should the customer not buy again.",
    "health_score": "100 times the probability of at least one purchase in the horizon, as tested on the past.",
    "risk_band": "high, medium or low risk of not buying in the horizon, by the health score.",
}
"Columns of the customers file in order, and what they mean."


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants which customers."""

    filters: Filters
    listing: Listing
    with_contact: bool
    "True for readers who may see names and addresses."
    asked_by: str
    asked_at: datetime

    @property
    def columns(self) -> dict[str, str]:
        return {name: text for name, text in COLUMNS.items() if self.with_contact or name not in CONTACT}


def most_rows(role: Role, settings: Settings) -> int:
    """Rows that a file for this role may hold."""
    return settings.export_analyst_rows if role is Role.ANALYST else MOST_ROWS


class CustomersFile:
    """The customers list of one view as a file."""

    def __init__(self, snapshot: Snapshot, request: Request, most_rows: int = MOST_ROWS) -> None:
        self._snapshot = snapshot
        self.request = request
        self._most_rows = most_rows
        self._search = search(snapshot, request.listing.words, may_contact=request.with_contact)
        self.matching = self._count()
        "Customers in the view."
        self.rows = min(self.matching, most_rows)
        "Customers in the file."

    def name(self, suffix: str) -> str:
        """A file name of letters, digits, points and hyphens, that says when it holds only a part."""
        part = "" if self.rows == self.matching else f"-first-{self.rows}-of-{self.matching}"
        return f"customers-{self._snapshot.facts.observed_until:%Y-%m-%d}-snapshot-{self._snapshot.seq}{part}.{suffix}"

    @property
    def filters(self) -> str:
        """Which customers, in words."""
        return _sentence(self.request)

    def about(self) -> list[tuple[str, str]]:
        """What a reader of the file needs to know, as (item, text)."""
        facts, request = self._snapshot.facts, self.request
        held = f"{self.rows:,}"
        rows = held if self.rows == self.matching else f"{held} of {self.matching:,}: the first in this order"
        head = [
            ("Content", f"Customers of {facts.shop_name or facts.source}"),
            ("Filters", self.filters),
            ("Rows", rows),
            *provenance(self._snapshot, request.asked_by, request.asked_at),
        ]
        return head + [(f"Column {name}", text) for name, text in request.columns.items()]

    def about_csv(self) -> bytes:
        """`about` as a CSV file."""
        return explained(self.about())

    def csv(self) -> Iterator[bytes]:
        """The file piece by piece; never whole in memory."""
        return csv_text(self._frames())

    def xlsx(self, settings: Settings) -> IO[bytes]:
        """The workbook in a nameless temporary file, at its start. It vanishes when closed."""
        file, folder = sheets.temporary(settings)
        self.write_xlsx(file, folder)
        file.seek(0)
        return file

    def write_xlsx(
        self, target: IO[bytes] | Path, folder: Path, written: Callable[[int], None] = lambda _: None
    ) -> None:
        """The workbook into `target`; `folder` holds what is needed on the way, `written` hears of the rows so far."""
        with sheets.workbook(target, folder) as book:
            sheet = sheets.Sheet(book, "Customers")
            rows = 0
            for frame in self._frames():
                sheet.write(frame)
                rows += len(frame)
                written(rows)
            sheets.write_about(book, self.about(), sheet.shortened)

    @property
    def _limits(self) -> dict[str, Any]:
        return self.request.listing.parameters() | self._search.parameters

    def _count(self) -> int:
        filters, listing = self.request.filters, self.request.listing
        totals = self._snapshot.frame("customers_totals", filters, **self._limits)
        return int(customers.chosen(totals, filters.segment, listing.states)["customers"].sum())

    def _frames(self) -> Iterator[pd.DataFrame]:
        """The list in pages. The first is read at once: what cannot be answered is refused before a byte leaves."""
        first = self._page(min(self._most_rows, PAGE_ROWS), None, 0)
        names = list(self.request.columns)
        return (page[names] for page in itertools.chain([first], self._following(first)))

    def _following(self, page: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """Each page found behind the last row of the one before: a sort of the whole list would hold it."""
        left = self._most_rows - len(page)
        while len(page) == PAGE_ROWS and left > 0:
            last = page.iloc[-1]
            page = self._page(min(left, PAGE_ROWS), int(last["customer_key"]), int(last["place"]))
            left -= len(page)
            yield page

    def _page(self, limit: int, after: int | None, after_place: int) -> pd.DataFrame:
        return self._snapshot.frame(
            "customers_list",
            self.request.filters,
            **self._limits,
            **customers.order(self.request.listing),
            contact=self.request.with_contact,
            limit=limit,
            offset=0,
            after=after,
            after_place=after_place,
        )


def provenance(snapshot: Snapshot, asked_by: str, asked_at: datetime) -> list[tuple[str, str]]:
    """Where the figures come from, as (item, text): the same lines in every file."""
    facts = snapshot.facts
    return [
        ("As of", f"{facts.observed_until:%Y-%m-%d}, the last day of sales known"),
        ("Snapshot", facts.snapshot_id),
        ("Source", facts.source + (" (demonstration data)" if facts.is_demo else "")),
        ("Currency", facts.currency),
        ("Predictions", f"{Validity(facts.validity).label}. {facts.validity_reason}"),
        ("Purchase model", facts.model),
        ("Horizon", f"{facts.horizon_days} days"),
        ("Discount rate", f"{facts.annual_discount_rate:.2%} a year"),
        ("Gross margin", f"{facts.gross_margin:.2%} of net sales"),
        ("Generated by", asked_by),
        ("Generated at", f"{asked_at:%Y-%m-%d %H:%M:%S} UTC"),
    ]


def _sentence(request: Request) -> str:
    """The filters the list honours; a period is none of them."""
    parts = request.filters.choices()
    parts += [f"{name} {text}" for name, text in request.listing.to_query().items() if name != "sort"]
    direction = "descending" if request.listing.descending else "ascending"
    return f"{', '.join(parts) or 'all customers'}; sorted by {request.listing.sort}, {direction}"
