"""What the drawer “Who is in this number” is told; assets/58-drawer.js draws it as text, never as components."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dashapp.domain.listing_words import in_words
from dashapp.domain.validity import Validity
from dashapp.services.behind import Behind
from dashapp.services.customers import CONTACT, Matching
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components.basics import table_words
from dashapp.web.components.validity import LOOKS

ROWS = 50
COLUMNS = {
    "customer_id": "Customer",
    "customer_name": "Name",
    "net_sales": "Net sales",
    "clv": "Predicted CLV",
    "segment": "Segment",
    "customer_state": "State",
    "order_count": "Orders",
    "last_order_date": "Last order",
    "email": "E-mail",
}
"What of the list is shown of each customer, in order, under which name; contact only to whom it may be shown."


def told(behind: Behind, found: Matching, facts: Facts, value: str, address: dict[str, str]) -> dict[str, Any]:
    """Everything in the drawer. `value`: the key figure in words, "" for a mark; `address`: of the snapshot shown."""
    href = urlencode(behind.to_query() | address)
    return {
        "title": behind.title,
        "value": value,
        "words": _words(behind),
        "figures": _figures(found, facts),
        "badge": _badge(facts),
        "notes": list(behind.notes),
        "table": _table(found, facts),
        "href": f"/customers?{href}" if href else "/customers",
        "export": f"/export/customers.zip?{href}" if href else "/export/customers.zip",
    }


def _words(behind: Behind) -> list[str]:
    """Who they are: by the number itself, then by the filters and limits in force."""
    parts = [*behind.filters.choices(), *([] if behind.words else in_words(behind.listing))]
    chosen = f"Chosen: {', '.join(parts)}." if parts else "No filter narrows them."
    return [*([behind.words] if behind.words else []), chosen]


def _figures(found: Matching, facts: Facts) -> list[tuple[str, str]]:
    total = found.chosen[["net_sales", "clv"]].sum(min_count=1)
    worth = [] if facts.validity == Validity.NOT_VALID else [fmt.money(total["clv"], facts.currency)]
    return [
        ("Customers", fmt.number(found.count)),
        ("Net sales so far", fmt.money(total["net_sales"], facts.currency)),
        *((f"Predicted CLV, next {facts.horizon_days} days", words) for words in worth),
    ]


def _badge(facts: Facts) -> dict[str, str]:
    state = Validity(facts.validity)
    look, picture = LOOKS[state]
    return {
        "text": f"Predictions: {state.label.lower()}",
        "look": look,
        "icon": picture,
        "title": facts.validity_reason,
    }


def _table(found: Matching, facts: Facts) -> dict[str, Any]:
    hidden = {"clv"} if facts.validity == Validity.NOT_VALID else set()
    hidden |= set() if found.has_contact else set(CONTACT)
    shown = {name: title for name, title in COLUMNS.items() if name not in hidden}
    frame = found.rows[list(shown)].assign(
        customer_state=[_word(state) for state in found.rows["customer_state"]],
        order_count=found.rows["order_count"].astype(float),
        net_sales=found.rows["net_sales"].astype(float),
    )
    words = table_words(frame.rename(columns=shown), "The customers behind this number")
    rest = f"The first {len(frame)} of {found.count:,}, in the order of the list." if len(frame) < found.count else ""
    return words._replace(rest=rest)._asdict()


def _word(state: Any) -> str:
    return state.replace("_", " ").capitalize() if isinstance(state, str) else fmt.NOTHING
