"""`docs/reference.md`, told by the code: `python -m tests.house.reference` writes it, a test says when it is stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import typer.main

from dashapp import __main__ as dashapp_commands
from dashapp import discovery
from dashapp.charts.catalogue import charts
from dashapp.domain import baseline
from dashapp.domain.shelf import opportunity_models, origin_models, purchase_models, retention_models, spend_models
from dashapp.services.access import TABLE
from dashapp.services.job_kind import kinds
from dashapp.settings import Settings
from dashapp.store import metrics, query
from dashapp.web import routes
from dashapp.web.frame import discover
from dashapp.web.openapi import path
from etl import __main__ as etl_commands
from etl.check import rules
from etl.source import sources
from tests.house.code import ROOT

REFERENCE = ROOT / "docs" / "reference.md"


def text() -> str:
    """The whole document."""
    return "\n".join(["# Reference", "", "Written from the code by `make docs`; do not edit.", "", *_sections()])


def _sections() -> Iterator[str]:
    yield from _table("Settings", ("key", "default", "meaning"), _settings())
    yield from _table("Commands", ("command", "what it does"), _commands())
    yield from _table("Pages", ("path", "title", "permission"), [(p.path, p.title, p.permission) for p in discover()])
    yield from _table("API", ("address", "answers", "permission"), _api())
    yield from _table("Permissions", ("permission", "lowest role", "meaning"), _permissions())
    yield from _table("Key figures", ("name", "label", "unit", "definition", "formula", "filters"), _metrics())
    yield from _table("Charts", ("name", "title", "unit", "definition"), _charts())
    yield from _table("Questions", ("query", "asks", "filters it honours"), _queries())
    yield from _table("Sources", ("source", "what it reads"), [(s.name, s.help) for s in sources().values()])
    yield from _table("Checks", ("check", "severity", "rule", "help"), _checks())
    yield from _table("Models", ("model", "title"), [(m.name, m.title) for m in _models()])
    yield from _table("Baselines", ("baseline", "title", "what it says"), _baselines())
    yield from _table("Durable jobs", ("job", "title", "permission"), _jobs())


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}")
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _api() -> Iterator[tuple[str, ...]]:
    declared = (route for module in discovery.modules(routes) for route in module.ROUTES)
    for route in sorted(declared, key=lambda route: str(route.rule)):
        if route.operation:
            yield f"`{', '.join(route.methods)} {path(route.rule)}`", route.operation.summary, route.permission


def _settings() -> Iterator[tuple[str, ...]]:
    for name, field in Settings.model_fields.items():
        yield f"`{name}`", f"`{field.default}`" if field.default != "" else "", field.description or ""


def _commands() -> Iterator[tuple[str, ...]]:
    for program, app in (("etl", etl_commands.app), ("dashapp", dashapp_commands.build())):
        yield from _below(f"python -m {program}", typer.main.get_command(app))


def _below(path: str, command: Any) -> Iterator[tuple[str, ...]]:
    if not hasattr(command, "commands"):
        yield f"`{path}`", (command.help or "").split("\n")[0]
        return
    for name, inner in command.commands.items():
        yield from _below(f"{path} {name}", inner)


def _permissions() -> Iterator[tuple[str, ...]]:
    for name, permission in TABLE.items():
        yield f"`{name}`", permission.lowest.value, permission.meaning


def _metrics() -> Iterator[tuple[str, ...]]:
    for name in metrics.names():
        metric = metrics.metric(name)
        filters = " ".join(sorted(metric.query.filters))
        yield f"`{name}`", metric.label, metric.unit, metric.definition, metric.formula, filters


def _charts() -> Iterator[tuple[str, ...]]:
    for name, spec in charts().items():
        yield f"`{name}`", spec.title, spec.unit, spec.definition


def _queries() -> Iterator[tuple[str, ...]]:
    for name in query.names():
        found = query.find(name)
        yield f"`{name}`", found.question, " ".join(sorted(found.filters))


def _checks() -> Iterator[tuple[str, ...]]:
    for rule in rules():
        yield f"`{rule.check_id}`", rule.severity, rule.title, rule.help


def _models() -> Iterator[object]:
    for models in (purchase_models, origin_models, spend_models, opportunity_models, retention_models):
        yield from models().values()


def _baselines() -> Iterator[tuple[str, ...]]:
    for simple in baseline.shelf().values():
        yield f"`{simple.name}`", simple.title, simple.help


def _jobs() -> Iterator[tuple[str, ...]]:
    for kind in kinds().values():
        yield f"`{kind.name}`", kind.title, kind.permission


if __name__ == "__main__":
    REFERENCE.write_text(text(), encoding="utf-8")
