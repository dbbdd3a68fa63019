"""The controls of the matching step as the browser has them, and the choice they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from dash import ALL

from dashapp.services.import_choice import Choice, is_currency, question_id
from dashapp.services.import_desk import Desk
from dashapp.web.components import import_columns, import_match

FORM: list[tuple[Any, str]] = [
    ({"type": import_columns.COLUMN, "n": ALL}, "value"),
    ({"type": import_match.ANSWER, "n": ALL}, "value"),
    ({"type": import_match.FIXED, "n": ALL}, "value"),
    (import_match.ENTITY, "value"),
    (import_match.SOURCE, "value"),
    (import_match.MANNER, "value"),
    (import_match.SHOP, "value"),
    (import_match.CURRENCY, "value"),
    ({"type": import_match.REST, "n": ALL}, "value"),
]
"Id and property of every control, in the order of `Form`."


class Form(NamedTuple):
    """The controls of the matching step as the browser has them."""

    columns: Any
    answers: Any
    fixed: Any
    entity: Any
    source: Any
    manner: Any
    shop: Any
    currency: Any
    rest: Any = None


def chosen(desk: Desk, form: Form) -> Choice:
    """The choice in the form; controls that are not there leave what was decided before."""
    profile, choice = desk.profile(), desk.choice()
    names = import_columns.names(profile)
    fields = [column.name for column in choice.kind.columns]
    columns = dict(zip(names, _texts(form.columns), strict=False)) if form.columns else choice.columns
    answers = _answers(profile.get("questions", ()), form) if form.answers else choice.answers
    fixed = dict(zip(fields, _texts(form.fixed), strict=False)) if form.fixed else choice.fixed
    known = str(profile.get("source") or "")
    return replace(
        choice,
        columns={name: value for name, value in columns.items() if value not in ("", import_columns.LEFT_OUT)},
        answers={name: value for name, value in answers.items() if value},
        fixed={**choice.fixed, **fixed} if choice.entity == form.entity else choice.fixed,
        source=known if isinstance(form.source, list) and known in form.source else "",
        append=form.manner == "append",
        shop=text_of(form.shop),
        currency=_currency_of(profile, answers, form),
    )


def _answers(questions: Sequence[Mapping[str, Any]], form: Form) -> dict[str, str]:
    """Name of a question -> its answer; where that is another than the likely ones, the one of the second list."""
    taken = dict(zip(map(question_id, questions), _texts(form.answers), strict=False))
    with_rest = [question_id(question) for question in questions if import_match.has_rest(question)]
    others = dict(zip(with_rest, _texts(form.rest), strict=False))
    return {name: others.get(name, "") if value == import_match.OTHER else value for name, value in taken.items()}


def _currency_of(profile: Any, answers: Any, form: Form) -> str:
    """Where the currency is asked for with the other questions, the answer stands for the field."""
    keys = [question_id(question) for question in profile.get("questions", ()) if is_currency(question)]
    return next((str(answers[key]) for key in keys if answers.get(key)), text_of(form.currency))


def _texts(values: Any) -> list[str]:
    return [text_of(value) for value in values] if isinstance(values, list) else []


def text_of(value: Any) -> str:
    """What was typed; nothing for what is no text."""
    return value[:120] if isinstance(value, str) else ""
