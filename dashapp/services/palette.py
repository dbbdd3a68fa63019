"""What a few letters may mean among customers and products, for a reader who wants to go there.

Names follow the rules of the customers list: looked at and shown for those who may, and written down.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashapp.domain.listing import Listing, like
from dashapp.errors import FilterError
from dashapp.services.access import Principal
from dashapp.services.customers import MAY_CONTACT
from dashapp.services.search import search
from dashapp.store.journal import Journal
from dashapp.store.snapshot import Snapshot

MOST = 10
"Rows of each kind."
SHORTEST = 2
"Letters below which everything would be found."


@dataclass(frozen=True, slots=True)
class Hit:
    """One customer or product: the shop's id, and its name where there is one that may be shown."""

    id: str
    name: str = ""


def customers(snapshot: Snapshot, text: str, reader: Principal, journal: Journal) -> list[Hit]:
    """Customers who bear every word, the best first, MOST at most. No near misses: the list offers those."""
    try:
        words = Listing(search=text.strip()).words
    except FilterError:
        return []
    if len("".join(words)) < SHORTEST or not reader.may("customers:read"):
        return []
    may_contact = reader.may(MAY_CONTACT)
    meant = search(snapshot, words, may_contact=may_contact, guess=False).found
    frame = snapshot.frame("customers_named", found=meant, contact=may_contact, limit=MOST)
    names = frame["customer_name"].astype(object).where(frame["customer_name"].notna(), "")
    hits = [Hit(str(customer), str(name)) for customer, name in zip(frame["customer_id"], names, strict=True)]
    if any(hit.name for hit in hits):
        journal.append("customer:contacts_listed", reader.actor, target="palette", detail={"rows": len(hits)})
    return hits


def products(snapshot: Snapshot, text: str) -> list[Hit]:
    """Products whose id or name contains the text, MOST at most."""
    asked = text.strip()
    if not SHORTEST <= len(asked) <= 100:
        return []
    frame = snapshot.frame("products_found", words=like(asked), start=asked.lower(), limit=MOST)
    return [Hit(str(row.product_id), str(row.product_name or "")) for row in frame.itertuples()]
