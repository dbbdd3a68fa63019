"""Downloads, each noted in the journal: the customers list as CSV or XLSX, the table or the picture of a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

import pandas as pd
from flask import Response, request
from flask.typing import ResponseReturnValue

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.chart import Chart
from dashapp.charts.kit import theme
from dashapp.domain.filters import Filters
from dashapp.domain.listing import Listing
from dashapp.domain.validity import Validity
from dashapp.errors import InputError
from dashapp.services import render
from dashapp.services.cells import csv_text
from dashapp.services.charting import draw
from dashapp.services.exports import CustomersFile, Request
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof, identity
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def customers_csv(services: Services) -> ResponseReturnValue:
    """The whole list, streamed."""
    file = _customers(services)
    _note(services, "customers.csv", file.rows)
    return _download(file.csv(), CSV, file.name("csv"))


def customers_xlsx(services: Services) -> ResponseReturnValue:
    """The whole list as a workbook with an About sheet."""
    file = _customers(services)
    _note(services, "customers.xlsx", file.rows)
    return _download(_pieces(file.xlsx(services.settings)), XLSX, file.name("xlsx"))


def customers_about(services: Services) -> ResponseReturnValue:
    """What the columns of the CSV file mean and where its figures come from."""
    file = _customers(services)
    return _download([file.about_csv()], CSV, file.name("about.csv"))


def chart_csv(services: Services, chart: str) -> ResponseReturnValue:
    """The numbers of a chart as on screen."""
    snapshot, filters = asof.shown(services), _filters()
    table = _drawn(chart, snapshot, filters).table
    _note(services, f"{chart}.csv", len(table))
    return _download(csv_text([pd.DataFrame(table)]), CSV, _chart_name(chart, snapshot, "csv"))


def chart_png(services: Services, chart: str) -> ResponseReturnValue:
    """The picture of a chart with its title, its filters and its day on it. Raises RenderFailed without a browser."""
    snapshot, filters = asof.shown(services), _filters()
    drawn, spec = _drawn(chart, snapshot, filters), catalogue.chart(chart)
    if drawn.figure is None:
        raise InputError(drawn.summary, drawn.note.next_step if drawn.note else "")
    until = snapshot.facts.observed_until
    judged = Validity(snapshot.facts.validity).label.lower()
    subtitle = (
        f"{filters.sentence(until)} · as of {written.day(until)} · snapshot {snapshot.seq} · predictions: {judged}"
    )
    figure = render.framed(drawn.figure, spec.title, subtitle, theme.template("light"))
    image = render.shared(services.settings).png(figure, spec.height + render.TITLE_PIXELS)
    _note(services, f"{chart}.png", len(drawn.table))
    return _download([image], "image/png", _chart_name(chart, snapshot, "png"))


def _customers(services: Services) -> CustomersFile:
    principal = identity.principal()
    asked = Request(
        filters=_filters(),
        listing=Listing.from_query(request.args.to_dict()),
        with_contact=principal.may("customers:contact"),
        asked_by=principal.user_name,
        asked_at=services.clock(),
    )
    return CustomersFile(asof.shown(services), asked)


def _filters() -> Filters:
    return Filters.from_query(request.args.to_dict())


def _drawn(name: str, snapshot: Snapshot, filters: Filters) -> Chart:
    """The chart with those of its own parameters that the address names."""
    known = catalogue.chart(name).parameters
    asked = {key: text for key, text in request.args.to_dict().items() if key in known}
    return draw(name, snapshot, filters, **{key: _parameter(key, text) for key, text in asked.items()})


def _parameter(name: str, text: str) -> Any:
    """Keys are numbers, everything else a short word."""
    wanted = text.isdecimal() and len(text) < 10 if name.endswith("_key") else text.isidentifier() and len(text) < 40
    if not wanted:
        raise InputError(f"{text[:40]!r} is not a value for {name}.", "Download again from the chart's menu.")
    return int(text) if name.endswith("_key") else text


def _chart_name(chart: str, snapshot: Snapshot, suffix: str) -> str:
    return f"{chart}-{snapshot.facts.observed_until:%Y-%m-%d}-snapshot-{snapshot.seq}.{suffix}"


def _note(services: Services, target: str, rows: int) -> None:
    """The journal knows of the download before its first byte leaves."""
    detail = {"rows": rows, "address": request.full_path[:500]}
    actor = f"user:{identity.principal().user_name}"
    services.journal.append("export:downloaded", actor, target, detail, ip=request.remote_addr or "")


def _download(content: Iterable[bytes], kind: str, name: str) -> Response:
    """`name` is made by us from letters, digits, points, hyphens and underscores, so RFC 6266 needs no encoding."""
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The file, closed after its last piece or when the reader hangs up."""
    with file:
        while piece := file.read(1 << 16):
            yield piece


ROUTES = (
    Route("/export/customers.csv", "exports.customers_csv", customers_csv, "exports:run"),
    Route("/export/customers.xlsx", "exports.customers_xlsx", customers_xlsx, "exports:run"),
    Route("/export/customers-about.csv", "exports.customers_about", customers_about, "exports:run"),
    Route("/export/chart/<chart>.csv", "exports.chart_csv", chart_csv, "exports:run"),
    Route("/export/chart/<chart>.png", "exports.chart_png", chart_png, "exports:run"),
)
