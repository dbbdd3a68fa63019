"""How a person decides an uploaded file is read: what the profile proposes, changed by hand, as a mapping in the end.

A profile is what `python -m etl profile --json` says: columns with samples and proposals, matches, questions, and a
draft mapping. A choice is what the reader made of it, a JSON object that survives a reload of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from dashapp.domain.canonical import KINDS, ORDERS, WHOLE, Column, Kind
from dashapp.store.mappings import merged

Profile = Mapping[str, Any]
CURRENCY = "currency"
NO_COLUMN = "No column is"
"How a sentence about a column that is needed begins."
LAYOUT = ("encoding", "delimiter", "header", "sheet")
"Keys of questions whose answers decide which columns there are."
MANNER = (
    "encoding", "delimiter", "header", "date_format", "decimal_comma", "thousands", "currency_signs", "timezone",
    "unknown_words",
)  # fmt: skip
"Keys of a mapping that hold for a file whatever is in it."
SAID_TO_SOURCE = ("encoding", "date_format", "timezone")
"Keys of questions that a source with a layout of its own leaves open too; they are options of its."
DECIDED = ("columns", "fixed", "values")
"Keys of an entity's part that a choice says itself."


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader has decided so far."""

    entity: str = ORDERS
    columns: Mapping[str, str] = field(default_factory=dict)
    "Column of the file -> canonical name; a column that is left out is not there."
    fixed: Mapping[str, str] = field(default_factory=dict)
    "Canonical name -> one value for every line."
    answers: Mapping[str, str] = field(default_factory=dict)
    "Name of a question (`question_id`) -> the option taken."
    shop: str = ""
    currency: str = ""
    append: bool = False
    source: str = ""
    "A source that knows the layout; the columns are then its own matter."
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    "Canonical name -> text of the file -> what is read in its place; nothing: the value is not known."

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Any) -> Choice:
        """The choice in a draft; what is missing or of another shape has its default."""
        given = data if isinstance(data, dict) else {}
        kinds: dict[str, type] = {
            "entity": str,
            "columns": dict,
            "fixed": dict,
            "answers": dict,
            "shop": str,
            "currency": str,
        }
        kinds |= {"append": bool, "source": str, "values": dict}
        choice = cls(**{name: given[name] for name, kind in kinds.items() if isinstance(given.get(name), kind)})
        return choice if choice.entity in KINDS else replace(choice, entity=ORDERS)

    @property
    def kind(self) -> Kind:
        return KINDS[self.entity]


def question_id(question: Mapping[str, Any]) -> str:
    """One word for a question: its key, and its column where it is about one.

    >>> question_id({"key": "date_format", "column": "Datum"}), question_id({"key": "encoding", "column": ""})
    ('date_format:Datum', 'encoding')
    """
    return ":".join(str(part) for part in (question["key"], question.get("column")) if part)


def first(profile: Profile, shop: str, currency: str) -> Choice:
    """What the profile proposes. `shop` and `currency` are of the data loaded now, empty before the first."""
    entity = str(profile.get("entity") or ORDERS)
    facts = profile.get("mapping", {}).get("shop", {})
    choice = Choice(
        entity=entity if entity in KINDS else ORDERS,
        shop=shop or str(facts.get("name") or ""),
        currency=currency or str(facts.get("currency") or ""),
        # A table of summaries tells of all customers as of its day: it is no addition to the one before.
        append=bool(shop) and entity != "customer_summaries",
        source=str(profile.get("source") or ""),
    )
    part = _part(profile, choice.entity)
    columns = {str(column): str(name) for name, column in part.get("columns", {}).items()}
    return replace(choice, columns=columns, fixed=dict(part.get("fixed", {})), values=dict(part.get("values", {})))


def problems(profile: Profile, choice: Choice, *, is_first: bool = False) -> list[str]:
    """What still keeps the file from being checked, a sentence each; none when nothing does.

    is_first: nothing of the shop's own is loaded yet.
    """
    if choice.source:
        return [str(question["sentence"]) for question in open_questions(profile, choice)] + _name_problems(choice)
    if is_first and choice.entity not in WHOLE:
        return [f"{choice.kind.label} add to orders, and none of yours are loaded yet: import a file of orders first."]
    found = [_twice(choice.kind, name) for name, count in Counter(choice.columns.values()).items() if count > 1]
    part = mapping_of(profile, choice, "*")["entities"][choice.entity]
    given = {*part["columns"], *part.get("fixed", {})}
    waiting = {name for question in open_questions(profile, choice) for name in _filled_by(question, choice.entity)}
    missing = [column for column in choice.kind.required if column.name not in given | waiting]
    found += [f"{NO_COLUMN} {column.label}{_by_hand(column)}." for column in missing]
    found += [str(question["sentence"]) for question in open_questions(profile, choice)]
    return found + (_shop_problems(profile, choice) if choice.entity in WHOLE else [])


def open_questions(profile: Profile, choice: Choice) -> list[Mapping[str, Any]]:
    """The questions without an answer, of those that matter for what is chosen."""
    return [question for question in asked(profile, choice) if not _option(question, choice)]


def asked(profile: Profile, choice: Choice) -> list[Mapping[str, Any]]:
    """The questions that matter for what is chosen: not those about columns that are left out or given by hand."""
    return [question for question in profile.get("questions", ()) if _matters(question, choice)]


def mapping_of(profile: Profile, choice: Choice, files: str) -> dict[str, Any]:
    """The mapping of `csv_folder` for this choice. `files`: the name the file lies under."""
    made = deepcopy(dict(profile.get("mapping", {})))
    part = _part(profile, choice.entity)
    made["entities"] = {choice.entity: {name: part[name] for name in part if name not in DECIDED}}
    made["shop"] = {**made.get("shop", {}), "name": choice.shop.strip() or "Shop"}
    if choice.currency.strip():
        made["shop"][CURRENCY] = choice.currency.strip().upper()
    for question in asked(profile, choice):
        option = _option(question, choice)
        made = merged(made, _sets(question, option)) if option else made
    mine = made["entities"].setdefault(choice.entity, {})
    mine["files"] = files
    mine["columns"] = mine.get("columns", {}) | {name: column for column, name in choice.columns.items()}
    fixed = {name: value.strip() for name, value in choice.fixed.items() if value.strip()}
    mine |= {"fixed": mine.get("fixed", {}) | fixed} if fixed else {}
    given = mine["columns"].keys() - mine.get("fixed", {}).keys()
    if mine.get("lookups"):
        mine["lookups"] = _needed(mine["lookups"], set(mine["columns"].values()))
    values = {name: dict(texts) for name, texts in choice.values.items() if name in given and texts}
    return made if not values else merged(made, {"entities": {choice.entity: {"values": values}}})


def system(profile: Profile) -> str:
    """What people call the system whose layout the file has."""
    return str(profile.get("system") or str(profile.get("source") or "").replace("_", " "))


def lookups_of(profile: Profile, choice: Choice) -> list[dict[str, Any]]:
    """The second files whose columns stand beside those of the file itself."""
    return list(_part(profile, choice.entity).get("lookups", ()))


def manner_of(profile: Profile, choice: Choice, entity: str = "") -> dict[str, Any]:
    """What was said about shop, file and second files, as a mapping without columns: for looking anew.

    entity: what the file is said to hold, where that changes.
    """
    made = mapping_of(profile, choice, "*")
    part = made.pop("entities")[choice.entity]
    stays = {"lookups": lookups_of(profile, choice)} if lookups_of(profile, choice) else {}
    stays |= {"returns": part["returns"]} if "returns" in part else {}
    made |= {"entities": {entity or choice.entity: stays}} if stays else {}
    return made | {name: value for name, value in part.items() if name in MANNER}


def decides_layout(question: Mapping[str, Any]) -> bool:
    """Whether the columns themselves hang on the answer, so that the file must be looked at anew."""
    return question["key"] in LAYOUT


def arguments(upload_id: str, profile: Profile, choice: Choice, files: str) -> dict[str, Any]:
    """What the jobs `plan` and `import` are told."""
    if choice.source:
        options = _options(asked(profile, choice), choice) | {"shop": choice.shop.strip()}
        how: dict[str, Any] = {"source": choice.source, "options": options}
    else:
        how = {"mapping": mapping_of(profile, choice, files)}
        how |= {} if choice.entity in WHOLE else {"entity": choice.entity}
    return {"upload": upload_id} | how | ({"append": True} if choice.append else {})


def _options(questions: list[Mapping[str, Any]], choice: Choice) -> dict[str, str]:
    """The options of a source that the answers make: those to questions of its own add words to lists."""
    made = {q["key"].rpartition(".")[2]: answer_to(q, choice) for q in questions if not q.get("of_source")}
    lists: dict[str, list[str]] = {}
    for question in questions:
        option = _option(question, choice) if question.get("of_source") else None
        for name, words in (option or {}).get("sets", {}).items():
            lists[name] = [*dict.fromkeys([*lists.get(name, []), *words])]
    return made | {name: ",".join(words) for name, words in lists.items()}


def is_currency(question: Mapping[str, Any]) -> bool:
    """Whether it asks for the currency, which the data loaded already may answer."""
    return str(question["key"]).rpartition(".")[2] == CURRENCY


def answer_to(question: Mapping[str, Any], choice: Choice) -> str:
    """The option taken; empty while there is none."""
    taken = choice.answers.get(question_id(question), choice.currency if is_currency(question) else "")
    return taken if any(option["value"] == taken for option in question["options"]) else ""


def _matters(question: Mapping[str, Any], choice: Choice) -> bool:
    key, column = str(question["key"]), question.get("column")
    if choice.source:
        # Which currency a source finds in its own column; a question about that column means there are several.
        is_own = key in SAID_TO_SOURCE or bool(question.get("of_source"))
        return is_own or bool(is_currency(question) and column)
    if question.get("of_source"):
        return False
    if key.startswith("fixed."):
        name = key.removeprefix("fixed.")
        return name not in choice.columns.values() and not choice.fixed.get(name, "").strip()
    if is_currency(question):
        return choice.entity in WHOLE
    return not column or column in choice.columns


def _needed(lookups: list[dict[str, Any]], used: set[str]) -> list[dict[str, Any]]:
    """The second files, each with those of its columns alone that are matched or lead to a later file."""
    needed: list[dict[str, Any]] = []
    for lookup in reversed(lookups):
        if columns := [name for name in lookup["columns"] if name in used]:
            needed.insert(0, {**lookup, "columns": columns})
            used = used | set(lookup["by"])
    return needed


def _by_hand(column: Column) -> str:
    return "; give the day under the table" if column.is_day else ""


def _filled_by(question: Mapping[str, Any], entity: str) -> set[str]:
    """What an answer to the question fills of the columns."""
    found = {str(question["key"]).removeprefix("fixed.")}
    for option in question["options"]:
        part = ((option.get("sets") or {}).get("entities") or {}).get(entity) or {}
        found |= {*part.get("columns", ()), *part.get("fixed", ())}
    return found


def _option(question: Mapping[str, Any], choice: Choice) -> Mapping[str, Any] | None:
    taken = answer_to(question, choice)
    return next((option for option in question["options"] if option["value"] == taken), None) if taken else None


def _sets(question: Mapping[str, Any], option: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a mapping an answer adds, as the profile says it."""
    if is_currency(question):
        return {"shop": {CURRENCY: option["value"]}}
    return dict(option.get("sets") or {})


def _part(profile: Profile, entity: str) -> dict[str, Any]:
    return _first_part(profile.get("mapping", {}).get("entities", {}).get(entity))


def _first_part(part: Any) -> dict[str, Any]:
    chosen = part[0] if isinstance(part, list) and part else part
    return dict(chosen) if isinstance(chosen, Mapping) else {}


def _twice(kind: Kind, name: str) -> str:
    return f"More than one column is {kind.label_of(name)}."


def _shop_problems(profile: Profile, choice: Choice) -> list[str]:
    found = _name_problems(choice)
    is_asked = any(is_currency(question) for question in profile.get("questions", ()))
    code = choice.currency.strip()
    if not is_asked and not (len(code) == 3 and code.isascii() and code.isalpha()):
        found.append("The currency is not a code of three letters, such as EUR.")
    return found


def _name_problems(choice: Choice) -> list[str]:
    return [] if choice.shop.strip() else ["The shop has no name."]
