"""Files to profile, the draft that follows, and its load, as an operator does it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from etl import load
from etl.lake import Lake
from etl.profile.profiled import Profile, profile
from etl.profile.question import answered
from tests.etl.loading import NOW, Heard, settings_in

HEADER = ("order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price")


def text(rows: list[tuple[str, ...]], header: tuple[str, ...] = HEADER, delimiter: str = ",") -> str:
    """CSV of the rows, without quotation marks."""
    return "".join(delimiter.join(row) + "\n" for row in (header, *rows))


def profiled(folder: Path, content: str | bytes, name: str = "orders.csv", **known: Any) -> Profile:
    """The profile of a file with this content, in a folder `in` of its own. known: what a mapping says."""
    path = folder / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return profile(path, settings_in(folder), known)


def keys(found: Profile) -> list[str]:
    """What is asked."""
    return [question.key for question in found.questions]


def question(found: Profile, key: str) -> Any:
    return next(item for item in found.questions if item.key == key)


def after(folder: Path, found: Profile, **answers: str) -> Profile:
    """The profile once the questions are answered; a point in a key is written as two underscores."""
    given = {key.replace("__", "."): value for key, value in answers.items()}
    return profile(
        folder / "in" / found.file_name, settings_in(folder), answered(found.mapping, found.questions, given)
    )


def loaded(folder: Path, mapping: Mapping[str, Any]) -> Lake:
    """The lake once the folder is loaded by the draft as it is."""
    from dashapp.store import mappings

    settings = settings_in(folder)
    mappings.write(settings, "draft", mapping)
    return load.load("csv_folder", folder / "in", {"mapping": "draft"}, settings, Heard(), now=NOW)
