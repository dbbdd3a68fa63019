"""The steps of one run as files; their picture is made in the browser, as those of other cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import request
from flask.typing import ResponseReturnValue

from dashapp.charts.chart import Chart
from dashapp.services.access import require
from dashapp.services.card_files import Lines, lines_book
from dashapp.services.carried import explained
from dashapp.services.cells import csv_text
from dashapp.services.export_desk import CARDS, Leaving
from dashapp.services.run_account import account
from dashapp.store.jobs import Job
from dashapp.web import identity
from dashapp.web.components import run_page, run_parts
from dashapp.web.route import Route
from dashapp.web.routes.exports import XLSX, both, download, note, pieces

if TYPE_CHECKING:
    from dashapp.services.services import Services


def steps_zip(services: Services, run: str) -> ResponseReturnValue:
    """The table beside the file that explains it."""
    chart, about, name = _steps(services, run, "csv")
    return both(csv_text([chart.table]), explained(about), name)


def steps_xlsx(services: Services, run: str) -> ResponseReturnValue:
    """The table as a workbook with an About sheet."""
    chart, about, name = _steps(services, run, "xlsx")
    return download(pieces(lines_book("Steps", chart, about, services.settings)), XLSX, name("xlsx"))


def _steps(services: Services, run: str, suffix: str) -> tuple[Chart, Lines, Callable[[str], str]]:
    """What leaves, what explains it and how it is called; the journal knows of it. Raises NotFound, NotAllowed."""
    reader = identity.principal()
    require(reader, "runs:read")
    job, log = run_page.read(services.jobs, run, reader)
    told = account(job, log, services.clock())
    chart = run_page.steps(told)
    snapshot = str(told.after["snapshot_id"]) if told.after else ""
    leaving = Leaving(f"run-{job.id}-steps.{suffix}", len(chart.table), snapshot, "", request.full_path, CARDS)
    note(services, leaving)
    return chart, _about(job, chart), lambda ending: f"run-{job.id}-steps.{ending}"


def _about(job: Job, chart: Chart) -> Lines:
    spec = run_parts.steps_card(job.id)
    return [
        ("Content", f"{spec.title}: {run_parts.title(job)}"),
        ("State", job.state),
        ("Started", f"{job.started_at:%Y-%m-%d %H:%M} UTC" if job.started_at else "not yet"),
        (spec.title, f"{spec.unit}. {spec.definition}"),
        ("Reads", chart.summary),
    ]


ROUTES = (
    Route("/export/run/<run>/steps.zip", "exports.steps_zip", steps_zip, "exports:run"),
    Route("/export/run/<run>/steps.xlsx", "exports.steps_xlsx", steps_xlsx, "exports:run"),
)
