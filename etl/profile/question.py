"""A question the file cannot answer, with every answer it allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from dashapp.errors import InputError
from dashapp.store.mappings import merged
from etl.source import nearest


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    example: str = ""
    "What the file would then say."
    sets: Mapping[str, Any] | None = None
    "The part of a mapping this answer adds."


@dataclass(frozen=True)
class Question:
    key: str
    column: str
    "Column of the file; empty where the whole file is meant."
    sentence: str
    options: tuple[Option, ...]
    likely: int = 0
    "How many of the options, from the first, the file or the shop speaks for."
    of_source: bool = False
    "Only the source that knows the layout asks it: `sets` are lists of words for its options, no part of a mapping."


def answered(mapping: Mapping[str, Any], questions: Iterable[Question], answers: Mapping[str, str]) -> dict[str, Any]:
    """The mapping with what the answers add. Raises InputError where an answer is none of the options."""
    result = deepcopy(dict(mapping))
    for question in questions:
        if question.key in answers and not question.of_source:
            result = merged(result, _option(question, answers[question.key]).sets or {})
    return result


def _option(question: Question, value: str) -> Option:
    for option in question.options:
        if option.value == value:
            return option
    known = [option.value for option in question.options]
    raise InputError(f"{value!r} does not answer {question.key!r}.", nearest(value, known))
