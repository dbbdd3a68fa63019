"""Compose: settings -> services -> Dash. `python app.py` runs everything; WSGI servers import `app:server`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashapp import logs
from dashapp.errors import TenureError
from dashapp.settings import Settings, load


def __getattr__(name: str) -> Any:
    """`server`, made when a WSGI server asks for it: the process that only starts others must not open a thing."""
    if name != "server":
        raise AttributeError(name)
    from dashapp.services.services import build
    from dashapp.web.factory import create_app

    settings = _settings()
    globals()["server"] = create_app(build(settings)).server
    return globals()["server"]


def main(
    source: Annotated[str, typer.Option(help="Source of the first data, when there is none yet")] = "sample",
    host: Annotated[str | None, typer.Option(help="Address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on")] = None,
    worker: Annotated[bool, typer.Option(help="Start the worker that runs refreshes")] = True,
) -> None:
    """Tenure on this machine: data, first administrator, worker and web server."""
    try:
        from dashapp import serve

        code = serve.run(_settings(host=host, port=port), source, worker=worker, say=typer.echo)
    except TenureError as error:
        typer.echo(error.sentence(), err=True)
        code = error.exit_code
    raise typer.Exit(code)


def _settings(**flags: Any) -> Settings:
    settings = load(**flags)
    logs.configure(settings.log_format, settings.log_level)
    return settings


if __name__ == "__main__":
    typer.run(main)
