"""What a source is: where orders come from, and the files it hands over. One file in `etl/sources` is one source."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, ValidationError

from dashapp import discovery
from dashapp.errors import SourceError, TenureError
from etl.scan import Seen

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "mac_roman", "cp932", "shift_jis",
    "gb18030", "big5",
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """Facts about the shop that no order line tells."""

    name: str
    currency: str
    """ISO 4217 code."""
    country: str = ""
    """Where the shop sits; never filled into order lines."""


@dataclass(frozen=True)
class Reading:
    """How the text of one file is to be read. Part of the batch key: read differently is another batch."""

    delimiter: str = ""
    """Empty: comma, semicolon, tab or bar, whichever makes the mapped columns appear."""
    encoding: str = "utf-8"
    header: tuple[str, ...] = ()
    """Column names of a file without a header line."""
    date_format: str = ""
    """strptime format of every date; empty: ISO, or the one known format that fits."""
    decimal_comma: bool = False
    thousands: str = ""
    """Mark between groups of three digits; empty: such numbers are rejected."""
    timezone: str = ""
    """Shop's time zone; needed only where dates carry an offset."""
    whole_number_ids: bool = False
    """Ids that a spreadsheet turned into 17850.0 become 17850 again."""
    fixed: tuple[tuple[str, str], ...] = ()
    """Canonical columns with one value for the whole file."""
    unknown_words: tuple[str, ...] = ()
    """Values of country and channel that mean "not known"."""
    returns: bool = False
    """Every line gives goods back: its quantity counts as negative, whatever its sign."""
    signs: tuple[str, ...] = ()
    """The code and the signs of the shop's currency, which may stand beside an amount; empty: only bare numbers count.

    With them an accountant's minus is read too: (12.50) and 12.50-.
    """
    values: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """Canonical column, and what to read in the place of a delivered text; an empty text means "not known"."""


@dataclass(frozen=True)
class Lookup:
    """A second file that holds columns of the lines of the first, found by key."""

    path: Path
    by: tuple[tuple[str, str], ...]
    """Column of the lines, or of an earlier lookup, and the column of this file it equals."""
    columns: tuple[str, ...]
    """What the lines get from it."""


@dataclass(frozen=True)
class Shape:
    """How rows become lines of an entity where one row of the file is not one line of it."""

    key: tuple[str, ...]
    """What the lines depend on besides the file: part of the batch key."""
    apply: Callable[[Any, Any], Any]
    """(connection, `etl.rawtable.Raw`) -> Raw with `canonical` columns; rawtable stands on this module, hence Any.

    Physical lines stay accounted for: of the lines made of one row, one has its `line_span`, the others have 0.
    """


@dataclass(frozen=True)
class DeliveredFile:
    """One file (or one sheet of a workbook) that holds one entity."""

    entity: str
    path: Path
    columns: Mapping[str, tuple[str, ...]]
    """Canonical column -> the names it may have in the file; with a `shape`, whatever the shape must find there."""
    reading: Reading = field(default_factory=Reading)
    sheet: str = ""
    origin: str = ""
    """Identity across refreshes: a corrected file with the same origin takes the place of the old one."""
    lookups: tuple[Lookup, ...] = ()
    watermark: str = ""
    """Highest value delivered of the column an incremental load goes by; it is kept with the batch."""
    shape: Shape | None = None
    seen: Seen | None = None
    """What its bytes told, where the load has read them already."""

    @property
    def content(self) -> Path:
        """Where its bytes are read."""
        return self.seen.path if self.seen else self.path

    @property
    def name(self) -> str:
        """File name as people see it, with the sheet."""
        return f"{self.path.name}[{self.sheet}]" if self.sheet else self.path.name


@dataclass(frozen=True)
class Delivery:
    """What a source hands over at one refresh."""

    files: tuple[DeliveredFile, ...]
    shop: Shop
    count_once: bool = False
    """Order lines repeated in a later file of the delivery (overlapping exports) count once."""
    policy: Mapping[str, bool] = field(default_factory=dict)
    """Rules for building: `zero_price_is_purchase` counts a line of price 0 as a purchase."""


@dataclass(frozen=True)
class Request:
    """What a source is asked for. `work` is a folder it may write to; it is gone after the load."""

    path: Path | None
    options: Mapping[str, str]
    work: Path
    note: Callable[[str], None]
    shop: Shop | None = None
    """The shop that is loaded now."""
    watermarks: Mapping[str, str] = field(default_factory=dict)
    """What an incremental load goes on from, by the part of `DeliveredFile.origin` before the last @; empty: all."""
    mappings: Path | None = None
    """Folder of the mappings that are kept by name."""


@dataclass(frozen=True)
class OwnStatuses:
    """Statuses that a shop has added to those its system knows."""

    counted: frozenset[str]
    """The system's own that make a purchase."""
    rows: Mapping[str, int]
    """Status of the shop's own -> rows of the file, the most frequent first."""


@dataclass(frozen=True)
class Source:
    name: str
    help: str
    demo: bool
    """True: example data, which screens must say."""
    needs_path: bool
    deliver: Callable[[Request], Delivery]
    single: bool = False
    """True: it delivers one entity of a world that is there already."""
    recognises: Callable[[tuple[str, ...]], bool] | None = None
    """Whether a header with these names is the layout of this source, whose option `shop` then names the shop; None: it
    has no layout of its own."""
    title: str = ""
    """What people call the system; needed where it has a layout of its own."""
    own_statuses: Callable[[Any, Any], OwnStatuses] | None = None
    """(connection, `etl.rawtable.Raw`) -> statuses in a file of its layout that only the shop can explain."""


def sources() -> dict[str, Source]:
    """Every source by name, found in `etl/sources`."""
    import etl.sources

    return {module.SOURCE.name: module.SOURCE for module in discovery.modules(etl.sources)}


def source(name: str) -> Source:
    """The source called `name`. Raises SourceError that names the known ones."""
    known = sources()
    if name not in known:
        raise SourceError(f"There is no source called {name!r}.", f"Known sources: {', '.join(sorted(known))}.")
    return known[name]


def recognised(names: tuple[str, ...]) -> Source | None:
    """The source whose layout a header with these column names has; None: no source knows it."""
    return next((item for item in sources().values() if item.recognises and item.recognises(names)), None)


class Strict(BaseModel):
    """Base of options and mappings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Strict)


def validated(model: type[Model], values: Any, what: str, error: type[TenureError] = SourceError) -> Model:
    """`values` as `model`. Raises `error` naming the key, with the nearest known key as a hint."""
    try:
        return model.model_validate(values)
    except ValidationError as refused:
        # A misspelt key also leaves the right one missing: the misspelling is what the reader can see.
        worst = sorted(refused.errors(), key=lambda problem: problem["type"] != "extra_forbidden")[0]
        raise error(*_explain(model, worst, what)) from refused


def _explain(model: type[BaseModel], problem: Any, what: str) -> tuple[str, str]:
    # One mapping may stand where a list of them may: its place in the list says nothing to the reader.
    place = ".".join(str(part) for part in problem["loc"] if part != 0)
    if problem["type"] == "extra_forbidden":
        known = sorted(known_keys(model))
        return f"{what} has an unknown key {place!r}.", nearest(str(problem["loc"][-1]), known)
    if problem["type"] == "missing":
        return f"{what} lacks {place!r}.", f"Add {place!r}."
    return f"{what}: {place or 'the whole'} cannot be used: {problem['msg']}.", "Correct the value."


def known_zone(value: str) -> str:
    """The name of a time zone, or nothing. Raises ValueError."""
    if value and value not in available_timezones():
        raise ValueError(f"{value!r} is no time zone; write it like Europe/London")
    return value


def known_encoding(value: str) -> str:
    """The name of an encoding that can be read. Raises ValueError."""
    if value not in ENCODINGS:
        raise ValueError(f"{value!r} is none of {', '.join(ENCODINGS)}")
    return value


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint: the known word most like `word`, or all of them.

    >>> nearest("colums", ["columns", "files"])
    "Did you mean 'columns'?"
    """
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."


def known_keys(model: type[BaseModel]) -> set[str]:
    """Every key a model and the models inside it know."""
    keys = set(model.model_fields)
    for item in model.model_fields.values():
        for inner in (item.annotation, *getattr(item.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                keys |= known_keys(inner)
    return keys
