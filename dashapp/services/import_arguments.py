"""What the jobs of an import are told: an upload by its id and how to read it, as words of `python -m etl`.

No path comes from the browser. A mapping is written beside its folder under its own hash, so what a job was asked to do
stays what it does; whether the mapping fits is for the ETL to say.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from dashapp.errors import InputError
from dashapp.services.access import Principal
from dashapp.services.job_kind import only
from dashapp.services.uploads import REJECTS, data_folder, folder, owned
from dashapp.settings import Settings
from dashapp.store import fs, mappings

MAPPING_BYTES = 64_000
"As JSON; a mapping of a hundred columns takes a tenth."
OPTION_LENGTH = 500
"The longest name of a time zone has 30; a list of statuses is the longest of all."
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check_owner(connection: Connection, arguments: dict[str, Any], owner: Principal) -> None:
    """Raises NotFound or Gone unless the upload is the asker's."""
    owned(connection, arguments.get("upload"), owner)


def etl_command(name: str, *words: str) -> list[str]:
    """A command of `python -m etl` that speaks JSON."""
    return [sys.executable, "-m", "etl", name, "--json", *words]


def uploaded(arguments: dict[str, Any], settings: Settings) -> Path:
    """The file of the upload. Raises InputError where it is not there."""
    found = sorted(path for path in data_folder(settings, arguments.get("upload")).glob("*") if path.is_file())
    if not found:
        raise InputError("The uploaded file is gone.", "Upload it again.")
    return found[0]


def known(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """What is known of an upload before it is looked at. Raises InputError."""
    words = []
    if arguments.get("mapping_name") is not None:
        words.append(f"--mapping={mapping_name(arguments, settings)}")
    elif arguments.get("mapping") is not None:
        place = folder(settings, arguments.get("upload"))
        words.append(f"--mapping={_written(arguments['mapping'], place)}")
    return [*words, f"--entity={_word(arguments['entity'])}"] if arguments.get("entity") is not None else words


def rejects(arguments: dict[str, Any], settings: Settings) -> Path:
    """Where a plan puts the rows it refuses. Raises InputError."""
    return folder(settings, arguments.get("upload")) / REJECTS


def reading(arguments: dict[str, Any], settings: Settings) -> list[str]:
    """How a plan or an import reads the upload: as a source that knows it, or by a mapping. Raises InputError."""
    only(arguments, "upload", "mapping", "mapping_name", "source", "options", "append", "entity")
    if sum(arguments.get(name) is not None for name in ("mapping", "mapping_name", "source")) != 1:
        raise InputError("It takes a mapping, the name of one, or a source.", "Match the columns first.")
    file = uploaded(arguments, settings)
    if arguments.get("options") is not None and arguments.get("source") is None:
        raise InputError("Only a source has options.", "Leave them out.")
    words = _source(arguments, file) if arguments.get("source") is not None else _mapped(arguments, settings, file)
    return [*words, "--append"] if arguments.get("append") is True else words


def mapping_name(arguments: dict[str, Any], settings: Settings) -> str:
    """The name of a kept mapping. Raises InputError, NotFound."""
    name = arguments["mapping_name"]
    mappings.read(settings, name if isinstance(name, str) else "")
    return str(name)


def _source(arguments: dict[str, Any], file: Path) -> list[str]:
    if arguments.get("entity") is not None:
        raise InputError("A source delivers what it delivers.", "Leave the entity out.")
    return [f"--source={_word(arguments['source'])}", f"--path={file}", *_options(arguments.get("options") or {})]


def _options(given: Any) -> list[str]:
    """What only a person could say of a layout that is known."""
    if not isinstance(given, dict) or not all(_is_option(value) for value in given.values()):
        raise InputError("Those are no options of a source.", "Answer the questions about the file again.")
    return [f"--option={_word(name)}={value}" for name, value in given.items()]


def _is_option(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= OPTION_LENGTH and value.isprintable()


def _mapped(arguments: dict[str, Any], settings: Settings, file: Path) -> list[str]:
    named = arguments.get("mapping_name") is not None
    mapping = mapping_name(arguments, settings) if named else str(_written(arguments["mapping"], file.parent.parent))
    if arguments.get("entity") is not None:
        return [f"--entity={_word(arguments['entity'])}", f"--path={file}", f"--mapping={mapping}"]
    return ["--source=csv_folder", f"--path={file.parent}", f"--mapping={mapping}"]


def _word(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise InputError("That is not the name of a source or of an entity.")
    return value


def _written(mapping: Any, place: Path) -> Path:
    """The file that holds this mapping; the same content is the same file."""
    if not isinstance(mapping, dict):
        raise InputError("A mapping is an object.", "Match the columns again.")
    text = json.dumps(mapping, sort_keys=True)
    if len(text) > MAPPING_BYTES:
        raise InputError("The mapping is too large.", "Leave out columns that are not needed.")
    path = place / f"mapping-{hashlib.sha256(text.encode()).hexdigest()[:16]}.yaml"
    if not path.exists():
        fs.write(path, yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True))
    return path
