"""Addresses of the merged systems: bookmarks live on. Each sends on to the page that has its content now."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import redirect, request
from flask.typing import ResponseReturnValue

from dashapp.web.door import SIGNED_IN
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

MOVED = {
    "/landing": "/",
    "/dashboard": "/overview",
    "/clients": "/customers",
    "/data-quality": "/quality",
    "/product-lifecycle": "/products?tab=board",
}
"Old address -> page; addresses whose page does not exist yet are added with that page."


def moved(_: Services, target: str) -> ResponseReturnValue:
    """To the new address, with the query."""
    asked = request.query_string.decode("ascii", "replace")
    joined = f"{'&' if '?' in target else '?'}{asked}" if asked else ""
    return redirect(target + joined, 301)


def client(_: Services, customer_id: str) -> ResponseReturnValue:
    """An old profile address."""
    return redirect(f"/customers/{quote(customer_id, safe='')}", 301)


def product(_: Services, product_id: str) -> ResponseReturnValue:
    """An old profile address."""
    return redirect(f"/products/{quote(product_id, safe='')}", 301)


ROUTES = (
    *(
        Route(old, f"legacy.{old.strip('/')}", functools.partial(moved, target=new), SIGNED_IN)
        for old, new in MOVED.items()
    ),
    Route("/client/<customer_id>", "legacy.client", client, SIGNED_IN),
    Route("/product/<product_id>", "legacy.product", product, SIGNED_IN),
)
