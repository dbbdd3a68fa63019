"""The scenarios of the lab as a file: the one the address holds, and every saved one the reader may open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request
from flask.typing import ResponseReturnValue

from dashapp.domain.filters import Filters
from dashapp.domain.what_if_address import read
from dashapp.services.cells import csv_text
from dashapp.services.lab import base_of
from dashapp.services.lab_account import account, file
from dashapp.services.scenarios import PERMISSION
from dashapp.web import asof, identity
from dashapp.web.components.lab_saved import population, told
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services


def lab_csv(services: Services) -> ResponseReturnValue:
    """One line a measure; days are ISO, numbers plain. Raises NotEnoughData where there is nothing to assume about."""
    snapshot, reader = asof.shown(services), identity.principal()
    filters = Filters.from_query(request.args.to_dict())
    found = account(snapshot, filters, read(request.args.to_dict(), base_of(snapshot.facts)))
    named = [("This scenario", found, population(filters))]
    if reader.may(PERMISSION):
        others = [(saved.name, told(saved, snapshot)) for saved in services.scenarios.open_to(reader)]
        named += [(name, *answer) for name, answer in others if not isinstance(answer, str)]
    table = file(named)
    detail = {"rows": len(table), "address": request.full_path[:500]}
    services.journal.append("export:downloaded", reader.actor, "lab.csv", detail, ip=request.remote_addr or "")
    until, seq = snapshot.facts.observed_until, snapshot.seq
    response = Response(csv_text([table]), content_type="text/csv; charset=utf-8")
    name = f"lab-{until:%Y-%m-%d}-snapshot-{seq}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


ROUTES = (Route("/export/lab.csv", "lab.csv", lab_csv, "exports:run"),)
