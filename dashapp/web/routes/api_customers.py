"""/api/v1/customers: the list and one customer for programs, with the figures and the masking of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.listing import MAX_ROWS, MAX_SEARCH, SORTS, Listing
from dashapp.domain.vocabulary import CustomerState
from dashapp.services import customers
from dashapp.services.customers import CONTACT, Matching, Rows
from dashapp.services.exports import COLUMNS
from dashapp.store.query import find
from dashapp.web import api, asof, identity
from dashapp.web.operation import Operation, Parameter, closed, record
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

DEFAULT_ROWS = 100
INTERNAL = ("customer_key", "place")
"Columns that mean nothing outside a snapshot."
_TEXT = {"type": "string"}
_SEARCH = _TEXT | {"maxLength": MAX_SEARCH}
_SORT = {"enum": [f"{way}{name}" for name in SORTS for way in ("", "-")], "default": "-clv"}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_ROWS, "default": DEFAULT_ROWS}


def _columns(question: str) -> list[tuple[str, str]]:
    return [column for column in find(question).columns if column[0] not in INTERNAL]


MANY = Operation(
    "Customers that match, in the asked order, page by page. A search puts the best match first.",
    closed(
        {
            "customers": {"type": "array", "items": record(_columns("customers_list"), COLUMNS, CONTACT)},
            "total": {"type": "integer", "description": "Customers of the whole list."},
            "next": {"type": ["string", "null"], "description": "`cursor` of the next page; null on the last."},
            "approximate": {"type": "boolean", "description": "Nobody matches the search; these only come near it."},
            "snapshot": api.SNAPSHOT,
        }
    ),
    (
        Parameter("search", "Words of ids, names and e-mail addresses, as far as you may see them.", _SEARCH),
        Parameter("sort", "A column, with - in front from the largest down.", _SORT),
        Parameter("states", f"Any of {', '.join(CustomerState)}, separated by |.", _TEXT),
        Parameter("limits", "Column filters as column~low~high~contains, separated by |.", _TEXT),
        *(Parameter(name, f"One or more values of {name}, separated by |.", _TEXT) for name in CHOICES),
        Parameter("limit", "Rows of a page.", _LIMIT),
        api.AS_OF,
        Parameter("cursor", "`next` of the page before, with everything else unchanged.", _TEXT),
    ),
    (410, 422),
)
ONE = Operation(
    "Everything known and predicted about one customer.",
    closed({"customer": record(_columns("customer_profile"), COLUMNS, CONTACT), "snapshot": api.SNAPSHOT}),
    (Parameter("customer_id", "The shop's own id.", _TEXT, in_path=True), api.AS_OF),
    (404, 410, 422),
)


def many(services: Services) -> ResponseReturnValue:
    """A page of the list."""
    asked, snapshot = api.query(MANY), asof.shown(services)
    after = api.read_cursor(asked, snapshot.id)
    limit = api.number(asked, "limit", DEFAULT_ROWS, MAX_ROWS)
    # One row more than is shown tells whether there is a next page.
    rows = Rows(limit + 1, after=after.key, place=after.place) if after else Rows(limit + 1)
    view = Filters.from_query(asked), Listing.from_query(asked)
    found = customers.listed(snapshot, *view, identity.principal(), rows, services.journal)
    shown = found.rows.head(limit)
    return jsonify(
        customers=api.rows(shown.drop(columns=list(INTERNAL))),
        total=found.count,
        next=_next(found, limit, snapshot.id, api.view_hash(asked)),
        approximate=found.approximate,
        snapshot=api.basis(snapshot.facts),
    )


def one(services: Services, customer_id: str) -> ResponseReturnValue:
    """One customer by the shop's id. Raises NotFound."""
    api.query(ONE)
    snapshot = asof.shown(services)
    known = customers.profile(snapshot, customer_id, identity.principal(), services.journal, by_key=False)
    return jsonify(customer=_plain(known), snapshot=api.basis(snapshot.facts))


def _next(found: Matching, limit: int, snapshot_id: str, view: str) -> str | None:
    if len(found.rows) <= limit:
        return None
    last = found.rows.iloc[limit - 1]
    return api.Cursor(snapshot_id, view, int(last["customer_key"]), int(last["place"])).text()


def _plain(known: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in known.items() if name not in INTERNAL}
    return {name: api.plain(value) for name, value in shown.items()}


ROUTES = (
    Route("/api/v1/customers", "api.customers", many, "customers:read", operation=MANY),
    Route("/api/v1/customers/<customer_id>", "api.customer", one, "customers:read", operation=ONE),
)
