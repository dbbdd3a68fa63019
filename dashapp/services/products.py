"""One product of the catalogue, or the answer that there is none of that code."""

from __future__ import annotations

from typing import Any

from dashapp.errors import NotFound
from dashapp.store.snapshot import Snapshot


def profile(snapshot: Snapshot, product: str) -> dict[str, Any]:
    """Everything of all observed days about the product of this code. Raises NotFound."""
    found = snapshot.row("product_profile", product=product)
    if not found:
        raise NotFound(f"{product[:100]!r} is not in the catalogue.", "Search for it in the products list.")
    return found


def require_known(snapshot: Snapshot, product: str) -> None:
    """Raises NotFound where there is no such product to show."""
    profile(snapshot, product)
