"""What a page asks of one of its numbers: who is in it, keep them, what it means. Text for the browser to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from dashapp.domain.filters import Filters
from dashapp.errors import FilterError, NotFound
from dashapp.services import behind, customers, definitions
from dashapp.services.behind import Behind
from dashapp.services.charting import measure
from dashapp.services.customers import Rows
from dashapp.services.segments import MAY_SAVE
from dashapp.store.metrics import metric
from dashapp.store.snapshot import Snapshot
from dashapp.web import api, asof, identity
from dashapp.web import format as fmt
from dashapp.web.components import drawer
from dashapp.web.components.segment_tabs import PATH
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

LONGEST_MARK = 4000
DEFINED = {"metric": definitions.of_metric, "chart": definitions.of_chart, "query": definitions.of_query}


def who(services: Services, kind: str, name: str) -> ResponseReturnValue:
    """The customers behind a key figure, or behind the mark of a chart that `mark` names as its own address."""
    snapshot, filters = asof.shown(services), Filters.from_query(request.args.to_dict())
    behind_it = _behind(kind, name, snapshot, filters)
    found = customers.listed(
        snapshot, behind_it.filters, behind_it.listing, identity.principal(), Rows(drawer.ROWS), services.journal
    )
    value = _value(name, snapshot, filters) if kind == "metric" else ""
    told = drawer.told(behind_it, found, snapshot.facts, value, asof.address())
    return jsonify(told | {"may_save": identity.principal().may(MAY_SAVE)})


def save(services: Services, kind: str, name: str) -> ResponseReturnValue:
    """Keep the customers behind a number as a segment under the name in the form."""
    snapshot, filters = asof.shown(services), Filters.from_query(request.args.to_dict())
    kept = _behind(kind, name, snapshot, filters)
    called = request.form.get("name", "")
    made = services.segments.save(identity.principal(), called, kept.filters, kept.listing, snapshot=snapshot)
    said = f"{made.name} is saved: {fmt.number(made.customers)} customers."
    return jsonify({"text": said, "href": f"{PATH}?tab=mine"})


def what(services: Services, kind: str, name: str) -> ResponseReturnValue:
    """What a key figure or chart means under this view; the SQL for those who may see it."""
    snapshot, filters = asof.shown(services), Filters.from_query(request.args.to_dict())
    if kind not in DEFINED:
        raise _unknown(kind)
    defined = DEFINED[kind](name, snapshot, filters)
    answer: dict[str, Any] = {"title": defined.title, "lines": defined.lines}
    if identity.principal().may(definitions.MAY_SEE_SQL):
        values = {key: api.plain(value) for key, value in sorted(defined.values.items())}
        answer |= {"sql": defined.sql.strip(), "values": values}
    return jsonify(answer)


def _behind(kind: str, name: str, snapshot: Snapshot, filters: Filters) -> Behind:
    if kind == "metric":
        return behind.of_metric(name, snapshot, filters)
    if kind != "chart":
        raise _unknown(kind)
    mark = request.args.get("mark", "")
    if len(mark) > LONGEST_MARK:
        raise FilterError("mark", "The mark is too long.", "Reload the page.")
    return behind.of_mark(name, snapshot, filters, dict(parse_qsl(mark, keep_blank_values=True)))


def _value(name: str, snapshot: Snapshot, filters: Filters) -> str:
    figure, measured = metric(name), measure(name, snapshot, filters)
    return measured.reason or fmt.value_of(measured.value, figure.unit, snapshot.facts.currency)


def _unknown(kind: str) -> NotFound:
    return NotFound(f"There is no kind of number called {kind[:40]!r}.", "Reload the page.")


ROUTES = (
    Route("/numbers/<kind>/<name>/who", "numbers.who", who, "customers:read", is_api=True),
    Route("/numbers/<kind>/<name>/segment", "numbers.save", save, MAY_SAVE, methods=("POST",), is_api=True),
    Route("/numbers/<kind>/<name>/what", "numbers.what", what, "overview:read", is_api=True),
)
