"""`python -m etl`: refresh the data, look before it happens, go back."""

from __future__ import annotations

import typer

from dashapp import logs
from dashapp.discovery import modules
from etl import commands

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
for module in modules(commands):
    app.add_typer(module.APP)

if __name__ == "__main__":
    logs.configure("text", "WARNING")
    app()
