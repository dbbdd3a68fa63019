"""Who may see what of whom: the customers list, its totals and one customer, with or without name and e-mail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.errors import NotFound
from dashapp.services.access import Principal
from dashapp.services.search import search
from dashapp.store.journal import Journal
from dashapp.store.snapshot import Snapshot

CONTACT = ("customer_name", "email")
"Personal columns: without the permission they are not in an answer at all, not even empty."
MAY_CONTACT = "customers:contact"


@dataclass(frozen=True, slots=True)
class Matching:
    """What the list shows for one request."""

    filters: Filters
    listing: Listing
    rows: pd.DataFrame
    "With `place`: how well a customer fits the search, 0 first."
    totals: pd.DataFrame
    "By state and segment, whether chosen or not: customers, net_sales, clv, value_at_risk."
    approximate: bool = False
    "True when nobody bears the searched words and these only come near them."

    @property
    def chosen(self) -> pd.DataFrame:
        """The totals of the chosen states and segments only: these add up to the list."""
        return chosen(self.totals, self.filters.segment, self.listing.states)

    @property
    def has_contact(self) -> bool:
        """Whether names and addresses were looked at and are shown."""
        return set(CONTACT) <= set(self.rows)

    @property
    def count(self) -> int:
        """Customers in the whole list."""
        return int(self.chosen["customers"].sum())

    def facet(self, column: str) -> dict[str, int]:
        """Customers by `customer_state` or `segment` under everything that is chosen except that column itself."""
        others = self.listing.states if column == "segment" else self.filters.segment
        left = chosen(self.totals, *(((), others) if column == "segment" else (others, ())))
        counts = left.groupby(column)["customers"].sum()
        return {str(value): int(count) for value, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a list: `limit` of them, after `offset` others, or after the customer of key `after`."""

    limit: int
    offset: int = 0
    after: int | None = None
    place: int = 0
    "The place of that customer in the search."


def matching(snapshot: Snapshot, filters: Filters, listing: Listing, reader: Principal, rows: Rows) -> Matching:
    """Some rows of the list and the totals of the whole. Raises FilterError."""
    may_contact = reader.may(MAY_CONTACT)
    meant = search(snapshot, listing.words, may_contact=may_contact)
    limits = listing.parameters() | meant.parameters
    frame = snapshot.frame(
        "customers_list", filters, **limits, **order(listing), contact=may_contact, limit=rows.limit,
        offset=rows.offset, after=rows.after, after_place=rows.place,
    )  # fmt: skip
    shown = frame if may_contact else frame.drop(columns=list(CONTACT))
    return Matching(filters, listing, shown, snapshot.frame("customers_totals", filters, **limits), meant.approximate)


def listed(
    snapshot: Snapshot, filters: Filters, listing: Listing, reader: Principal, rows: Rows, journal: Journal
) -> Matching:
    """The same for a reader's screen or program; who was shown names and addresses is written down once a list."""
    found = matching(snapshot, filters, listing, reader, rows)
    if reader.may(MAY_CONTACT) and not rows.offset and found.rows[list(CONTACT)].notna().any(axis=None):
        detail = {"rows": len(found.rows), "customers": found.count}
        journal.append("customer:contacts_listed", reader.actor, target="customers", detail=detail)
    return found


def order(listing: Listing) -> dict[str, Any]:
    """What decides about order and membership beyond the limits: for the question `customers_list`."""
    return {"sort": listing.sort, "descending": listing.descending, "states": list(listing.states)}


def chosen(totals: pd.DataFrame, segments: Collection[str], states: Collection[str]) -> pd.DataFrame:
    """The totals of some segments and states; none means any."""
    keep = pd.Series(True, index=totals.index)
    if segments:
        keep &= totals["segment"].isin(segments)
    if states:
        keep &= totals["customer_state"].isin(states)
    return totals[keep]


def profile(
    snapshot: Snapshot, customer: str, reader: Principal, journal: Journal, *, by_key: bool = True
) -> dict[str, Any]:
    """Everything about one customer, by the shop's id (or by key); who saw name and e-mail is written down.

    Raises NotFound.
    """
    found = snapshot.row("customer_profile", customer=customer, contact=reader.may(MAY_CONTACT))
    if not found or not (by_key or found["customer_id"] == customer):
        raise _unknown(customer)
    if not reader.may(MAY_CONTACT):
        return {name: value for name, value in found.items() if name not in CONTACT}
    if any(found[name] for name in CONTACT):
        journal.append("customer:contact_viewed", reader.actor, target=found["customer_id"])
    return found


def require_known(snapshot: Snapshot, customer: str) -> None:
    """Raises NotFound where there is no profile to show of this id or key. Notes nothing: nothing is shown."""
    if not snapshot.row("customer_profile", customer=customer, contact=False):
        raise _unknown(customer)


def _unknown(customer: str) -> NotFound:
    return NotFound(f"There is no customer {customer!r} in this snapshot.", "Search for it in the customers list.")
