"""`python -m etl profile`: what an unknown file holds, before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.markup import escape

from dashapp import settings
from dashapp.errors import InputError
from dashapp.settings import Settings
from dashapp.store import mappings
from etl.cli import JsonOption, out, reporting
from etl.profile.profiled import Profile
from etl.profile.profiled import profile as profiled
from etl.profile.question import Question, answered
from etl.progress import JsonLines
from etl.sources.csv_folder import read_yaml

APP = typer.Typer()


@APP.command()
def profile(
    path: Annotated[Path, typer.Option(help="The file")],
    mapping: Annotated[str, typer.Option(help="What is known already: name of a kept mapping, or its file")] = "",
    entity: Annotated[str, typer.Option(help="What the file holds; without it the entity its columns fit best")] = "",
    answer: Annotated[list[str] | None, typer.Option("--answer", help="Answer to a question, key=value")] = None,
    save: Annotated[str, typer.Option(help="Keep the draft as a mapping of this name, once it is complete")] = "",
    json: JsonOption = False,
) -> None:
    """What a file holds and how it is to be read: a draft mapping, and questions where the file is not clear."""
    with reporting(json):
        given = settings.load()
        answers = _answers(answer)
        known = _known(mapping, given)
        found = profiled(path, given, known, entity)
        # An answer may raise or settle others: the encoding decides what the columns are called.
        while now := {question.key for question in _of_mapping(found)} & set(answers):
            known = answered(found.mapping, found.questions, answers)
            found = profiled(path, given, known, found.entity)
            answers = {key: value for key, value in answers.items() if key not in now}
        if save:
            _keep(save, found, given)
    if json:
        JsonLines().emit("done", **found.to_dict())
    else:
        _print(found)


def _answers(pairs: list[str] | None) -> dict[str, str]:
    given = [pair.partition("=") for pair in pairs or []]
    if wrong := [key for key, sign, _ in given if not sign]:
        raise InputError(f"The answer {wrong[0]!r} has no value.", "Write --answer key=value.")
    return {key: value for key, _, value in given}


def _known(named: str, given: Settings) -> Mapping[str, Any]:
    if not named:
        return {}
    content = read_yaml(mappings.find(given.folder("mappings"), named) or Path(named))
    if not isinstance(content, dict):
        raise InputError(f"{named} holds no `key: value` lines.", "See docs/sources.md.")
    return content


def _keep(name: str, found: Profile, given: Settings) -> None:
    if found.missing or _of_mapping(found):
        left = [*found.missing, *(question.key for question in _of_mapping(found))]
        raise InputError(f"The mapping is not complete: {', '.join(left)}.", "Answer with --answer key=value.")
    mappings.write(given, name, found.mapping)


def _of_mapping(found: Profile) -> list[Question]:
    return [question for question in found.questions if not question.of_source]


def _print(found: Profile) -> None:
    out.print(f"{escape(found.file_name)}: {found.format} {found.encoding}, {found.entity.replace('_', ' ')}")
    if found.source:
        out.print(f"The source {found.source} knows this layout.")
    for canonical, match in found.matches.items():
        out.print(f"  {canonical:<18} {escape(match['column'])} ({match['confidence']:.0%})", highlight=False)
    for line in [*found.notes, *(f"Missing: {name}" for name in found.missing)]:
        out.print(line, highlight=False, markup=False)
    for question in found.questions:
        out.print(f"{question.key}: {question.sentence}", highlight=False, markup=False)
        for option in question.options[:10]:
            said = [f"--option {name}={','.join(words)}" for name, words in (option.sets or {}).items()]
            words = said[0] if question.of_source else f"{question.key}={option.value}  {option.example}"
            out.print(f"  {words}", highlight=False, markup=False)
    out.print(yaml.safe_dump(found.mapping, sort_keys=False, allow_unicode=True), highlight=False, markup=False)
