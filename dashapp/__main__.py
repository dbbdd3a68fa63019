"""`python -m dashapp`: run and look after an installation. `--help` after any command says more."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from dashapp import commands
from dashapp.discovery import modules
from dashapp.errors import TenureError


def build() -> typer.Typer:
    """Every command found in `dashapp/commands`. A group has a name; the commands of a nameless one stand alone."""
    app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for module in modules(commands):
        app.add_typer(module.APP)
    return app


def main() -> int:
    """Run one command. An expected error is a sentence with a hint and its own exit code, never a traceback."""
    try:
        build()()
    except TenureError as error:
        Console(stderr=True, soft_wrap=True).print(error.sentence(), markup=False, highlight=False)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
