"""Who may see what of whom: the customers list, its totals and one customer, with or without name and e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.errors import NotFound
from dashapp.services.access import Principal
from dashapp.store.journal import Journal
from dashapp.store.snapshot import Snapshot

CONTACT = ("customer_name", "email")
"Personal columns: without the permission they are not in an answer at all, not even empty."
MAY_CONTACT = "customers:contact"


@dataclass(frozen=True, slots=True)
class Matching:
    """What the list shows for one request."""

    listing: Listing
    rows: pd.DataFrame
    totals: pd.DataFrame
    "By state, whether chosen or not: customer_state, customers, net_sales, clv, value_at_risk."

    @property
    def chosen(self) -> pd.DataFrame:
        """The totals of the chosen states only: these add up to the list."""
        states = self.listing.states
        return self.totals[self.totals["customer_state"].isin(states)] if states else self.totals


def matching(
    snapshot: Snapshot, filters: Filters, listing: Listing, reader: Principal, rows: tuple[int, int]
) -> Matching:
    """One block of the list (`rows` is limit, offset) and the totals of the whole. Raises FilterError."""
    (limit, offset), may_contact = rows, reader.may(MAY_CONTACT)
    wanted = listing.parameters() | {"contact": may_contact}
    order = {"sort": listing.sort, "descending": listing.descending, "limit": limit, "offset": offset}
    frame = snapshot.frame("customers_list", filters, **wanted, **order)
    del wanted["states"]
    shown = frame if may_contact else frame.drop(columns=list(CONTACT))
    return Matching(listing, shown, snapshot.frame("customers_totals", filters, **wanted))


def profile(snapshot: Snapshot, customer: str, reader: Principal, journal: Journal) -> dict[str, Any]:
    """Everything about one customer, by the shop's id or by key; who saw name and e-mail is written down.

    Raises NotFound.
    """
    found = snapshot.row("customer_profile", customer=customer, contact=reader.may(MAY_CONTACT))
    if not found:
        raise NotFound(f"There is no customer {customer!r} in this snapshot.", "Search for it in the customers list.")
    if not reader.may(MAY_CONTACT):
        return {name: value for name, value in found.items() if name not in CONTACT}
    if any(found[name] for name in CONTACT):
        journal.append("customer:contact_viewed", reader.actor, target=found["customer_id"])
    return found
