"""What leaves with the page of one customer or of one product beside its charts; never a name or an e-mail address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashapp.domain.filters import Filters
from dashapp.errors import NotFound
from dashapp.services import export_products, exports, products
from dashapp.services.showing import OF, Showing, TableSpec
from dashapp.store.snapshot import Snapshot
from dashapp.web.components import product_words

Asked = Mapping[str, str]


def product_key(snapshot: Snapshot, asked: Asked) -> int:
    """Raises NotFound."""
    return int(products.profile(snapshot, asked.get(OF, ""))["product_key"])


def customer_key(snapshot: Snapshot, asked: Asked) -> int:
    """Raises NotFound."""
    return int(_customer(snapshot, asked)["customer_key"])


def _customer(snapshot: Snapshot, asked: Asked) -> dict[str, Any]:
    found = snapshot.row("customer_profile", customer=asked.get(OF, ""), contact=False)
    if not found:
        raise NotFound("There is no such customer in this snapshot.")
    return found


def _said(known: Mapping[str, Any], columns: Mapping[str, str]) -> pd.DataFrame:
    """A line per figure that is known, with what it means."""
    lines = [(name, str(known[name]), text) for name, text in columns.items() if known.get(name) is not None]
    return pd.DataFrame(lines, columns=["Item", "Value", "Meaning"])


def _of_product(snapshot: Snapshot, _: Filters, asked: Asked) -> pd.DataFrame:
    return _said(products.profile(snapshot, asked.get(OF, "")), export_products.COLUMNS)


def _partners(snapshot: Snapshot, _: Filters, asked: Asked) -> pd.DataFrame:
    found = snapshot.frame("product_partners", product_key=product_key(snapshot, asked))
    return found.drop(columns=["product_key"], errors="ignore").rename(columns=_words)


def _of_customer(snapshot: Snapshot, _: Filters, asked: Asked) -> pd.DataFrame:
    columns = {name: text for name, text in exports.COLUMNS.items() if name not in exports.CONTACT}
    return _said(_customer(snapshot, asked), columns)


def _lines(snapshot: Snapshot, _: Filters, asked: Asked) -> pd.DataFrame:
    return snapshot.frame("customer_lines", customer_key=customer_key(snapshot, asked)).rename(columns=_words)


def _words(column: str) -> str:
    return str(column).replace("_", " ").capitalize()


PRODUCT = (
    TableSpec("known", "What is known of it", "A row is a figure", "The figures of the products list.", _of_product),
    TableSpec("partners", "Bought together", "A row is a product", product_words.PARTNERS, _partners),
)
CUSTOMER = (
    TableSpec("known", "What is known", "A row is a figure", "The figures of the customers list.", _of_customer),
    TableSpec(
        "lines", "Latest lines", "A row is an order line", "What was bought and sent back, latest first.", _lines
    ),
)
OF_CUSTOMER = Showing(
    charts=("purchase_timeline", "next_product"),
    tables=CUSTOMER,
    view=Filters(range="all"),
    parameters=lambda snapshot, asked: {
        name: {"customer_key": customer_key(snapshot, asked)} for name in ("purchase_timeline", "next_product")
    },
)
"What leaves with the page of one customer."
