"""What predicted values may be used for, said wherever they stand; the way to the reasons is the Trust page."""

from __future__ import annotations

from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.validity import Validity
from dashapp.store.facts import Facts
from dashapp.web.components.basics import icon, link

LOOKS = {
    Validity.VALID: ("badge-good", "check-circle"),
    Validity.RANKING_ONLY: ("badge-warn", "exclamation-triangle"),
    Validity.NOT_VALID: ("badge-bad", "x-circle"),
}


def badge(facts: Facts) -> Component:
    """The verdict as a link to what it rests on."""
    state = Validity(facts.validity)
    look, picture = LOOKS[state]
    words = f"Predictions: {state.label.lower()}"
    return link([icon(picture), words], "/trust", className=f"badge {look}", title=written.local(facts.validity_reason))
