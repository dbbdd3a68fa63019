"""Mappings by name: `<data>/mappings/<name>.yaml`, each saying how files of one kind are read.

Kept here, where both the web and `python -m etl` reach them. Whether a mapping fits a file is for the ETL to judge.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dashapp.errors import InputError, MappingError, NotFound
from dashapp.settings import Settings
from dashapp.store import fs

NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,39}")
"No hyphen first: the command line would take the name for an option."
MAX_BYTES = 256 * 1024
"A mapping of every entity takes a hundredth of this."


def names(settings: Settings) -> list[str]:
    """Names of the mappings that are kept, in alphabetical order."""
    found = settings.folder("mappings").glob("*.yaml")
    return sorted(path.stem for path in found if NAME.fullmatch(path.stem) and path.is_file())


def find(folder: Path, name: str) -> Path | None:
    """The file of the mapping called `name` in the folder of mappings; None where there is none or it is no name."""
    path = folder / f"{name}.yaml"
    return path if NAME.fullmatch(name) and path.is_file() else None


def read(settings: Settings, name: str) -> dict[str, Any]:
    """The mapping called `name`. Raises InputError on a name that is none, NotFound, MappingError on a damaged file."""
    path = _place(settings, name)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound(f"There is no mapping called {name!r}.", "Choose another, or make it again.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError(f"The mapping {name!r} is not valid YAML.", "Correct the file or make it again.") from error
    if not isinstance(content, dict):
        raise MappingError(f"The mapping {name!r} holds no `key: value` lines.", "Make it again.")
    return content


def write(settings: Settings, name: str, mapping: Mapping[str, Any]) -> Path:
    """Keep `mapping` under `name`, in the place of what had the name; readers see all of the old or all of the new.

    Raises InputError on a name that is none and on content that is not plain text, numbers, lists and objects.
    """
    path = _place(settings, name)
    text = _as_yaml(mapping)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")  # readable by the owner only
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        fs.move(Path(draft), path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return path


def remove(settings: Settings, name: str) -> None:
    """Forget the mapping called `name`. Raises InputError, NotFound."""
    try:
        _place(settings, name).unlink()
    except FileNotFoundError as error:
        raise NotFound(f"There is no mapping called {name!r}.", "It may have been removed already.") from error


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings; where they differ, the other.

    >>> merged({"shop": {"name": "A"}}, {"shop": {"currency": "EUR"}})
    {'shop': {'name': 'A', 'currency': 'EUR'}}
    """
    result = dict(one)
    for key, value in other.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if both else value
    return result


def _place(settings: Settings, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise InputError(
            f"{name[:60]!r} cannot be the name of a mapping.",
            "Use 1 to 40 small letters, digits, hyphens and underscores, and no hyphen first.",
        )
    return settings.folder("mappings") / f"{name}.yaml"


def _as_yaml(mapping: Mapping[str, Any]) -> str:
    try:
        text = yaml.safe_dump(dict(mapping), sort_keys=False, allow_unicode=True)
    except yaml.YAMLError as error:
        raise InputError("The mapping holds something that is neither text nor number, list or object.") from error
    if len(text.encode()) > MAX_BYTES:
        raise InputError(f"The mapping is larger than {MAX_BYTES // 1024} KB.", "Leave out what the files do not need.")
    return text
