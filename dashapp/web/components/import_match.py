"""Matching columns: a row for each with samples, what it could be, and every question only a person can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.domain.canonical import KINDS, WHOLE, Column
from dashapp.services import import_choice
from dashapp.services.import_choice import Choice, Profile
from dashapp.services.import_desk import Second, Shop
from dashapp.store.uploads import Upload
from dashapp.web.components import import_columns, import_second
from dashapp.web.components import import_steps as steps
from dashapp.web.components.basics import attrs, button, field, select
from dashapp.web.components.facts import card
from dashapp.web.components.ids import ids

ENTITY, SHOP, CURRENCY, MANNER, PROBLEMS, CHECK, USE, KNOWN, SAVE, NAME, SAVED, SOURCE = ids(
    "import", "entity", "shop", "currency", "manner", "problems", "check", "use", "known", "save", "name", "saved",
    "source",
)  # fmt: skip
ANSWER, FIXED, REST = "import-answer", "import-fixed", "import-rest"
"""Types of pattern ids; their `n` is the place in the profile's questions, and in the required columns.

A question of `has_rest` has two controls: the likely answers, and a list of the rest that counts where OTHER is taken.
"""
RADIOS = 8
"More answers than this are a list to choose from."
OTHER = "-"
"Value of the answer that none of the likely ones is right."


def match(
    upload: Upload, profile: Profile, choice: Choice, names: Sequence[str], shop: Shop, others: Sequence[Second] = ()
) -> list[Component]:
    """The whole step. `names`: kept mappings; `shop`: of the data loaded now; `others`: files beside this one."""
    return [
        html.A("Skip to the check", href=f"#{CHECK}", className="skip-link"),
        card("What it holds", _kind(choice), _source(profile, choice)),
        *_questions(profile, choice),
        *([] if choice.source else [_columns(profile, choice)]),
        card("How to load it", _loading(profile, choice, shop)),
        *([] if choice.source else _more(profile, choice, names, others)),
        _end(upload, profile, choice, shop),
    ]


def _columns(profile: Profile, choice: Choice) -> Component:
    hint = "Say what each column is. Leave out what is not needed."
    return card("Columns", import_columns.tables(profile, choice), _fixed(choice), hint=hint)


def _more(profile: Profile, choice: Choice, names: Sequence[str], others: Sequence[Second]) -> list[Component]:
    """What most files need nothing of."""
    return [*import_second.card_of(profile, choice, others), card("Keep this for next time", _kept(names))]


def _questions(profile: Profile, choice: Choice) -> list[Component]:
    """The card of all questions, those hidden that do not matter: the form knows them by their place."""
    idle = [_is_idle(profile, question, choice) for question in profile.get("questions", ())]
    shown = zip(profile.get("questions", ()), idle, strict=True)
    asked = [html.Div(_question(profile, question, choice), hidden=hidden) for question, hidden in shown]
    picker = card("What only you can say", html.Div(asked, className="import-questions"))
    return [html.Div(picker, hidden=all(idle))] if asked else []


def _is_idle(profile: Profile, question: Mapping[str, Any], choice: Choice) -> bool:
    """Whether no choice of columns can make the question matter."""
    if choice.source:
        return question not in import_choice.asked(profile, choice)
    return choice.entity not in WHOLE and import_choice.is_currency(question)


def _kind(choice: Choice) -> Component:
    return select(ENTITY, "This file holds", {kind.name: kind.label for kind in KINDS.values()}, choice.entity)


def _source(profile: Profile, choice: Choice) -> Component:
    known = str(profile.get("source") or "")
    label = f"Read it as an export of {import_choice.system(profile)}; there is nothing to match"
    options = [{"value": known, "label": label}]
    box = dbc.Checklist(id=SOURCE, options=options, value=[choice.source] if choice.source else [])
    return html.Div(box, hidden=not known)


_FIXED_WORDS = (
    "For what no column holds, for example quantity 1, channel Web, or the last day counted. It takes the place of a "
    "column; {file} and {line} stand for the file's name and the row."
)


def _fixed(choice: Choice) -> Component:
    """One value for all lines where no column holds what is needed."""
    fields = [_one_value(n, column, choice.fixed.get(column.name, "")) for n, column in enumerate(choice.kind.columns)]
    shown = [column.name for column in choice.kind.columns if column.name not in choice.columns.values()]
    wanted = any(column.is_required and column.is_day and column.name in shown for column in choice.kind.columns)
    body = [html.P(_FIXED_WORDS, className="hint"), *fields]
    return html.Details(
        [html.Summary("The same value in every row"), html.Div(body, className="import-fixed")],
        className="import-more",
        open=wanted or any(choice.fixed.get(name) for name in shown),
    )


def _one_value(n: int, column: Column, value: str) -> Component:
    kind = "date" if column.is_day else "text"
    control = dbc.Input(id={"type": FIXED, "n": n}, type=kind, value=value, maxLength=60)
    words = f"{column.label}, the same in every row"
    return html.Div(
        [html.Label(words, htmlFor=steps.dom_id(FIXED, n), className="form-label"), control], className="field"
    )


def _question(profile: Profile, question: Mapping[str, Any], choice: Choice) -> Component:
    n = list(profile["questions"]).index(question)
    taken = import_choice.answer_to(question, choice) or None
    options = [{"value": option["value"], "label": _answer(option)} for option in question["options"]]
    column, sentence = str(question.get("column") or ""), str(question["sentence"])
    words = f"{column}: {sentence}" if column and repr(column) not in sentence else sentence
    name: Any = {"type": ANSWER, "n": n}
    if has_rest(question):
        return html.Fieldset([html.Legend(words), *_with_rest(n, options, int(question["likely"]), taken)])
    if len(options) > RADIOS:
        control = dbc.Select(id=name, options=options, value=taken, placeholder="Choose")
        return html.Div([html.Label(words, htmlFor=steps.dom_id(ANSWER, n), className="import-asked"), control])
    return html.Fieldset([html.Legend(words), dbc.RadioItems(id=name, options=options, value=taken)])


def has_rest(question: Mapping[str, Any]) -> bool:
    """Whether there are so many answers that only the likely ones are shown at once."""
    return len(question["options"]) > RADIOS and int(question.get("likely") or 0) > 0


def _with_rest(n: int, options: Sequence[dict[str, str]], likely: int, taken: str | None) -> list[Component]:
    """The likely answers, and the list of the others, which the style sheet shows once it is asked for."""
    first, rest = options[:likely], options[likely:]
    is_other = any(option["value"] == taken for option in rest)
    radios = dbc.RadioItems(
        id={"type": ANSWER, "n": n},
        options=[*first, {"value": OTHER, "label": "Another"}],
        value=OTHER if is_other else taken,
    )
    control = dbc.Select(
        id={"type": REST, "n": n}, options=rest, value=taken if is_other else None, placeholder="Choose"
    )
    label = html.Label("Which one?", htmlFor=steps.dom_id(REST, n), className="form-label")
    return [radios, html.Div([label, control], className="import-rest")]


def _answer(option: Mapping[str, Any]) -> str:
    example = str(option.get("example") or "")
    return f"{option['label']}, for example {example}" if example else str(option["label"])


def _kept(names: Sequence[str]) -> Component:
    options = {"": "None", **{name: name for name in names}}
    use = html.Div(
        [select(KNOWN, "A mapping kept before", options, ""), button("Use it", id=USE)], className="import-inline"
    )
    name = dbc.Input(id=NAME, type="text", placeholder="for example till-2026", maxLength=40, autocomplete="off")
    save = html.Div(
        [field("Keep this one under a name", name), button("Keep", id=SAVE)],
        className="import-inline",
    )
    return html.Div([*([use] if names else []), save, html.P(id=SAVED, role="status", className="hint")])


def _loading(profile: Profile, choice: Choice, shop: Shop) -> Component:
    """Whose data it is, and whether it adds to what is there or takes its place."""
    is_first, is_orders = not shop.name, choice.entity in WHOLE and not choice.source
    is_named = is_orders or bool(choice.source)
    asked = any(import_choice.is_currency(question) for question in profile.get("questions", ()))
    manner = dbc.RadioItems(
        id=MANNER,
        options=[
            {"value": "append", "label": "Add to what is loaded; orders that come again are corrected"},
            {"value": "replace", "label": _replaces(choice)},
        ],
        value="append" if choice.append else "replace",
    )
    name = dbc.Input(id=SHOP, type="text", value=choice.shop, maxLength=80, autocomplete="organization")
    code = dbc.Input(id=CURRENCY, type="text", value=choice.currency, maxLength=3, autocomplete="off")
    return html.Div(
        [
            html.P(_first_words(shop), hidden=not is_first),
            html.Fieldset([html.Legend("What becomes of the data that are there"), manner], hidden=is_first),
            html.Div(field("Shop", name, _NAME_WORDS if is_first else _SAME_NAME_WORDS), hidden=not is_named),
            html.Div(field("Currency", code, "Three letters, for example EUR."), hidden=not is_orders or asked),
        ],
        className="import-loading",
    )


_NAME_WORDS = "The name shown with the figures."
_SAME_NAME_WORDS = f"{_NAME_WORDS} An order is corrected by one of the same number only under the same name."


def _replaces(choice: Choice) -> str:
    """A file that can stand alone replaces the world; another only what is of its kind."""
    if choice.source or choice.entity in WHOLE:
        return "Replace everything that is loaded, of every kind, by this file"
    return f"Replace all {choice.kind.label.lower()} that are loaded"


def _first_words(shop: Shop) -> str:
    if shop.is_sample:
        return "The sample data that are shown now go; these are the first data of your own."
    return "Nothing is loaded yet; these are the first data."


def _end(upload: Upload, profile: Profile, choice: Choice, shop: Shop) -> Component:
    buttons = [button("Check the file", "primary", "list-check", id=CHECK), steps.back("Another file", steps.PATH)]
    return html.Section(
        [
            html.Div(todo(profile, choice, shop), id=PROBLEMS, role="status"),
            html.P("Checking reads the whole file and publishes nothing.", className="hint"),
            html.Div(buttons, className="actions"),
        ],
        className="card-plain import-end",
        **attrs(data_upload_id=upload.id),
    )


def todo(profile: Profile, choice: Choice, shop: Shop) -> list[Component]:
    """What is left to do, or that nothing is. shop: of the data loaded now."""
    left = import_choice.problems(profile, choice, is_first=not shop.name)
    if not left:
        return [html.P("Everything that is needed is there.")]
    lacks = any(sentence.startswith(import_choice.NO_COLUMN) for sentence in left)
    return [
        html.P(f"{steps.counted(len(left), 'thing')} left to do:"),
        html.Ul([html.Li(sentence) for sentence in left], className="import-todo"),
        *([html.P(_LACKING, className="hint")] if lacks else []),
    ]


_LACKING = (
    "What no column of this file is can come from another file (a price list, a list of territories), under Columns "
    "of another file, or be the same in every row, under the table."
)
