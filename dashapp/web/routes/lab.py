"""The scenarios of the lab as a file: the one the address holds, and every saved one the reader may open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
from flask import request
from flask.typing import ResponseReturnValue

from dashapp.domain.what_if_address import CONTROLS, read
from dashapp.services.card_files import Asked, Lines
from dashapp.services.carried import explained
from dashapp.services.cells import csv_text
from dashapp.services.export_desk import Leaving
from dashapp.services.exports import provenance
from dashapp.services.lab import base_of
from dashapp.services.lab_account import MEASURES, STAMP, account, file
from dashapp.services.scenarios import PERMISSION
from dashapp.web import identity
from dashapp.web.components.lab_saved import population, told
from dashapp.web.route import Route
from dashapp.web.routes.exports import CSV, both, download, note, plain, view

if TYPE_CHECKING:
    from dashapp.services.services import Services


def lab_csv(services: Services) -> ResponseReturnValue:
    """One line a measure; days are ISO, numbers plain. Raises NotEnoughData where there is nothing to assume about."""
    asked = view(services)
    return plain(csv_text([_leaving(services, asked)]), asked.name("lab", "csv"), "/export/lab-about.csv")


def lab_zip(services: Services) -> ResponseReturnValue:
    """The same beside the file that explains it."""
    asked = view(services)
    table = _leaving(services, asked)
    return both(csv_text([table]), explained(_about(asked, table)), partial(asked.name, "lab"))


def lab_about(services: Services) -> ResponseReturnValue:
    """What the measures mean, whom they are about and from which data they come."""
    asked = view(services)
    return download([explained(_about(asked, _table(services, asked)))], CSV, asked.name("lab", "about.csv"))


def _leaving(services: Services, asked: Asked) -> pd.DataFrame:
    """The table, once it is noted that it leaves."""
    table = _table(services, asked)
    note(services, Leaving("lab.csv", len(table), asked.snapshot.id, population(asked.filters), request.full_path))
    return table


def _table(services: Services, asked: Asked) -> pd.DataFrame:
    snapshot, reader = asked.snapshot, identity.principal()
    scenario = read(request.args.to_dict(), base_of(snapshot.facts))
    named = [("This scenario", account(snapshot, asked.filters, scenario), population(asked.filters))]
    if reader.may(PERMISSION):
        others = [(saved.name, told(saved, snapshot)) for saved in services.scenarios.open_to(reader)]
        named += [(name, *answer) for name, answer in others if not isinstance(answer, str)]
    return file(named)


def _about(asked: Asked, table: pd.DataFrame) -> Lines:
    facts = asked.snapshot.facts
    return [
        ("Content", f"What-if lab, {facts.shop_name or facts.source}. {STAMP}"),
        ("Filters", f"{population(asked.filters)} for this scenario; each saved one has its own customers"),
        ("Rows", f"{len(table):,}"),
        *provenance(asked.snapshot, asked.asked_by, asked.asked_at),
        *((f"Measure {item.label}", item.unit) for item in CONTROLS),
        *((f"Measure {name}", text) for name, text in MEASURES.items()),
    ]


ROUTES = (
    Route("/export/lab.csv", "lab.csv", lab_csv, "exports:run"),
    Route("/export/lab.zip", "lab.zip", lab_zip, "exports:run"),
    Route("/export/lab-about.csv", "lab.about", lab_about, "exports:run"),
)
