"""A whole application with one background callback, for test_background.py; also served by gunicorn there."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dash
import flask
from dash import Dash, Input, Output, html

from dashapp.errors import InputError, TenureError
from dashapp.services.computations import Computations
from dashapp.settings import Settings
from dashapp.store.results import open_results
from dashapp.web.background import Computation, JobManager, Plan

SECRET = b"a secret of thirty-two characters"
RESULT, STATUS, BAR, START, STOP = "page-result", "page-status", "page-bar", "page-start", "page-stop"


@dataclass(frozen=True)
class Reader:
    session_hash: str
    scope: str


def work(arguments: dict[str, Any], progress: Any, settings: Settings) -> dict[str, Any]:
    """What the processes run: note the start, then do as told."""
    with Path(arguments["log"]).open("a") as log:
        log.write(f"{os.getpid()}\n")
    until = time.monotonic() + arguments["seconds"]
    while time.monotonic() < until:
        progress.step("Working", 0.5)
        time.sleep(0.05)
    if arguments["end"] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if arguments["end"] == "refuse":
        raise InputError("That cannot be computed.", "Ask for less.")
    if arguments["end"] == "bug":
        raise ZeroDivisionError("secret detail")
    return {"answer": arguments["seconds"] * 2}


WORK = Computation(
    name="page",
    function="tests.web.background_app:work",
    show=lambda result: [f"answer {result['answer']}", "Done"],
    failed=lambda error: [dash.no_update, error.sentence()],
    progress=lambda fraction, step: [f"{fraction:.0%} {step}"],
)


def reader() -> Reader:
    return Reader(flask.request.headers["X-Reader"], flask.request.headers.get("X-Scope", "all"))


def make(folder: Path, limit: int = 2) -> tuple[Dash, Computations]:
    settings = Settings(data_dir=folder, computations_limit=limit)
    results = open_results(settings, SECRET)
    computations = Computations(results, settings)
    app = Dash(
        f"app_{folder.name}", use_pages=False, background_callback_manager=JobManager(results, computations, reader)
    )
    app.server.secret_key = SECRET
    app.layout = html.Div([html.Div(id=name) for name in (RESULT, STATUS, BAR, START, STOP)])
    log = folder / "starts"

    @app.callback(
        Output(RESULT, "children"),
        Output(STATUS, "children"),
        Input(START, "data-order"),
        background=True,
        **WORK.options(progress=[Output(BAR, "children")]),
        cancel=[Input(STOP, "n_clicks")],
    )
    @WORK.planned
    def plan(order: dict[str, Any]) -> Plan:
        if order["seconds"] < 0:
            raise InputError("Time cannot be negative.")
        return Plan({"log": str(log), "end": "", **order}, "000001-abc")

    @app.server.errorhandler(TenureError)
    def refused(error: TenureError) -> tuple[str, int]:
        return error.message, error.http_status

    with app.server.test_request_context("/"):
        app.server.preprocess_request()
    return app, computations


def server() -> flask.Flask:
    """The application gunicorn serves."""
    return make(Path(os.environ["TENURE_TEST_FOLDER"]))[0].server
