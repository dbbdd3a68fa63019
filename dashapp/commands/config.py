"""`config`: what this installation was told."""

from __future__ import annotations

import json

import typer
from rich.console import Console
from sqlalchemy import make_url

from dashapp import settings
from dashapp.settings import Settings

APP = typer.Typer()
MASK = "********"
SECRETS = ("secret_key", "secret_key_fallbacks")


@APP.command()
def config() -> None:
    """Print every setting in force, as YAML; secrets are masked."""
    lines = (f"{name}: {json.dumps(value, default=str)}" for name, value in effective(settings.load()).items())
    Console(soft_wrap=True).print("\n".join(lines), markup=False, highlight=False)


def effective(given: Settings) -> dict[str, object]:
    """Every setting by name, without what must not be seen."""
    values = given.model_dump(mode="json")
    masked = {name: MASK for name in SECRETS if values[name]}
    url = make_url(given.state_url).render_as_string(hide_password=True) if given.state_url else ""
    return values | masked | {"state_url": url}
