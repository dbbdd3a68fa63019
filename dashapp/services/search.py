"""Who a search means: those who bear its words, or, where nobody does, those who bear words most like them.

Names and addresses are looked at for readers who may see them only; to others a search for one answers exactly as a
search for one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashapp.domain.listing import MAX_WORDS
from dashapp.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Search:
    """The customers a search means."""

    found: pd.DataFrame | None = None
    "customer_key and place, 0 first; None where nothing is searched."
    approximate: bool = False
    "True when nobody bears the words themselves."

    @property
    def parameters(self) -> dict[str, Any]:
        """For the questions about the list."""
        return {"searching": self.found is not None, "found": self.found}


def search(snapshot: Snapshot, words: tuple[str, ...], *, may_contact: bool, guess: bool = True) -> Search:
    """Look the words up; all of them must fit a customer. Without `guess` near misses are not looked for."""
    if not words:
        return Search()
    telling = sorted(words, key=len, reverse=True)  # few bear a long word, and only they are looked at for the others
    slots: dict[str, Any] = {
        f"word_{slot}": word for slot, word in enumerate((*telling, *[None] * (MAX_WORDS - len(words))), start=1)
    }
    found = snapshot.frame("customers_found", contact=may_contact, **slots)
    if len(found) or not guess:
        return Search(found)
    near = snapshot.frame("customers_near", contact=may_contact, **slots)
    return Search(near, approximate=bool(len(near)))
