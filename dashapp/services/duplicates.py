"""Who may see why two customer numbers may be one person: the evidence is a name or an e-mail address."""

from __future__ import annotations

import pandas as pd

from dashapp.services.access import Principal
from dashapp.services.customers import MAY_CONTACT
from dashapp.store.journal import Journal
from dashapp.store.snapshot import Snapshot

SHOWN = 50
"Pairs on the page, those not linked yet first; the check and the mart have the rest."


def candidates(snapshot: Snapshot, reader: Principal, journal: Journal) -> pd.DataFrame:
    """Pairs as the question duplicate_candidates has them; `evidence` only for who may see it, and that is noted."""
    may_contact = reader.may(MAY_CONTACT)
    frame = snapshot.frame("duplicate_candidates", contact=may_contact, limit=SHOWN)
    if not may_contact:
        return frame.drop(columns="evidence")
    if len(frame):
        journal.append(
            "customer:contacts_listed", reader.actor, target="duplicate_candidates", detail={"rows": len(frame)}
        )
    return frame
