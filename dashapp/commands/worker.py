"""`worker`: runs durable jobs."""

from __future__ import annotations

import signal
import threading

import typer

from dashapp import logs, settings
from dashapp.services import worker as service

APP = typer.Typer()


@APP.command()
def worker() -> None:
    """Run durable jobs until SIGTERM or Ctrl-C; a running job is then cancelled and says so."""
    given = settings.load()
    logs.configure(given.log_format, given.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    service.run(given, stop)
