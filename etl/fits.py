"""The fits of this run, for steps that ask them for more than the scores."""

from __future__ import annotations

from typing import cast

from dashapp.domain import shelf
from dashapp.domain.model import PurchaseFit, SpendFit
from dashapp.domain.scoring import Fits
from etl.work import Connection


def fits_of(connection: Connection) -> Fits | None:
    """Both fits as meta.models keeps them; None where one is missing."""
    fitted = dict(connection.execute("select target, fitted from meta.models where fitted is not null").fetchall())
    if not {"purchases", "spend"} <= fitted.keys():
        return None
    purchases, spend = shelf.restore(fitted["purchases"]), shelf.restore(fitted["spend"])
    return Fits(cast(PurchaseFit, purchases), cast(SpendFit, spend))
