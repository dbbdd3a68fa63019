"""/api/v1/products: the list, one product and the stages of all for programs, with the figures of the pages.

`/api/product/analytics`, as the merged systems called it, sends on to the list with whatever was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from flask import jsonify, redirect, request
from flask.typing import ResponseReturnValue

from dashapp.domain.listing import MAX_ROWS, MAX_SEARCH
from dashapp.domain.product_listing import ProductListing
from dashapp.domain.vocabulary import LifecycleStage
from dashapp.services import products
from dashapp.services.export_products import COLUMNS
from dashapp.store.query import find
from dashapp.web import api, asof
from dashapp.web.door import SIGNED_IN
from dashapp.web.operation import Operation, Parameter, Schema, closed, record
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

DEFAULT_ROWS = 100
INTERNAL = ("product_key", "matching", "matching_units", "matching_net_sales")
"Columns that mean nothing outside a snapshot, or the same on every row."
ABOUT = COLUMNS | {
    "stage": f"Any of {', '.join(LifecycleStage)}; as of the last month that is over; null for a product never sold.",
    "pending": "The stage that a further month would confirm.",
}
_TEXT = {"type": "string"}
_SORTS = find("products_list").sorts
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_ROWS, "default": DEFAULT_ROWS}


def _columns(question: str) -> list[tuple[str, str]]:
    return [column for column in find(question).columns if column[0] not in INTERNAL]


def _listed() -> Schema:
    schema = record(_columns("products_list"), ABOUT)
    schema["properties"]["trend"] = {"type": "array", "items": {"type": "number"}, "description": COLUMNS["trend"]}
    return schema


MANY = Operation(
    "Products that match, in the asked order, page by page, over all observed days.",
    closed(
        {
            "products": {"type": "array", "items": _listed()},
            "total": {"type": "integer", "description": "Products of the whole list."},
            "next": {"type": ["string", "null"], "description": "`cursor` of the next page; null on the last."},
            "snapshot": api.SNAPSHOT,
        }
    ),
    (
        Parameter("search", "Part of a name, a code or a category.", _TEXT | {"maxLength": MAX_SEARCH}),
        Parameter("stages", f"Any of {', '.join(LifecycleStage)}, separated by |.", _TEXT),
        Parameter("category", "One category.", _TEXT),
        Parameter(
            "sort",
            "A column, with - in front from the largest down.",
            {"enum": [f"{way}{name}" for name in _SORTS for way in ("", "-")], "default": "-net_sales"},
        ),
        Parameter("limit", "Rows of a page.", _LIMIT),
        api.AS_OF,
        Parameter("cursor", "`next` of the page before, with everything else unchanged.", _TEXT),
    ),
    (410, 422),
)
ONE = Operation(
    "Everything known about one product, and what it is bought with.",
    closed(
        {
            "product": record(_columns("product_profile"), ABOUT),
            "partners": {"type": "array", "items": record(_columns("product_partners"), {})},
            "snapshot": api.SNAPSHOT,
        }
    ),
    (Parameter("product_id", "The shop's own code.", _TEXT, in_path=True), api.AS_OF),
    (404, 410, 422),
)
STAGES = Operation(
    "Products by stage of life and share of net sales, and the stages of every quarter with those they came from.",
    closed(
        {
            "stages": {"type": "array", "items": record(_columns("product_stage_map"), {})},
            "moves": {"type": "array", "items": record(_columns("product_moves"), {})},
            "snapshot": api.SNAPSHOT,
        }
    ),
    (api.AS_OF,),
    (410, 422),
)


def many(services: Services) -> ResponseReturnValue:
    """A page of the list."""
    asked, snapshot = api.query(MANY), asof.shown(services)
    after = api.read_cursor(asked, snapshot.id)
    limit = api.number(asked, "limit", DEFAULT_ROWS, MAX_ROWS)
    offset = after.key if after else 0
    listing = ProductListing.from_query(asked)
    found = snapshot.frame("products_list", **listing.parameters(), limit=limit, offset=offset)
    total = int(found["matching"].iloc[0]) if len(found) else 0
    # A snapshot never changes, so the number of rows already told is a place to go on from.
    end = offset + len(found)
    cursor = api.Cursor(snapshot.id, api.view_hash(asked), end, 0).text() if end < total else None
    return jsonify(products=_rows(found), total=total, next=cursor, snapshot=api.basis(snapshot.facts))


def one(services: Services, product_id: str) -> ResponseReturnValue:
    """One product by the shop's code. Raises NotFound."""
    api.query(ONE)
    snapshot = asof.shown(services)
    known = products.profile(snapshot, product_id)
    partners = snapshot.frame("product_partners", product_key=known["product_key"])
    shown = {name: api.plain(value) for name, value in known.items() if name not in INTERNAL}
    return jsonify(product=shown, partners=api.rows(partners), snapshot=api.basis(snapshot.facts))


def stages(services: Services) -> ResponseReturnValue:
    """The map and the moves of the page."""
    api.query(STAGES)
    snapshot = asof.shown(services)
    found = {name: api.rows(_numbers(snapshot.frame(question))) for name, question in _TABLES.items()}
    return jsonify(**found, snapshot=api.basis(snapshot.facts))


_TABLES = {"stages": "product_stage_map", "moves": "product_moves"}


def analytics(_: Services) -> ResponseReturnValue:
    """The old address. It tells nothing, so whoever may ask the list may come this way, with a token too."""
    asked = request.query_string.decode("ascii", "replace")
    return redirect(f"/api/v1/products{f'?{asked}' if asked else ''}", 308)


def _rows(found: pd.DataFrame) -> list[dict[str, Any]]:
    rows = api.rows(_numbers(found.drop(columns=list(INTERNAL))))
    return [row | {"trend": [float(units) for units in row["trend"].split()]} for row in rows]


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Money as numbers, which JSON can hold."""
    money = [name for name in ("net_sales", "gross_margin") if name in frame]
    return frame.astype(dict.fromkeys(money, float))


ROUTES = (
    Route("/api/v1/products", "api.products", many, "overview:read", operation=MANY),
    Route("/api/v1/products/<product_id>", "api.product", one, "overview:read", operation=ONE),
    Route("/api/v1/product-lifecycle", "api.product_lifecycle", stages, "overview:read", operation=STAGES),
    Route("/api/product/analytics", "legacy.product_analytics", analytics, SIGNED_IN, is_api=True),
)
