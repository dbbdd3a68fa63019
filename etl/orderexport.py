"""Delivering an order export of a shop system: one currency, one time zone, every order told once, all asked first.

A layout says which columns make a header its own, and turns rows into the table `etl.orderlines` starts from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

import duckdb
from pydantic import Field, field_validator

from dashapp.errors import MappingError, SourceError
from etl import currencies, fileformat, orderlines, rawtable, textfile, workbook
from etl.connection import literal
from etl.dates import OFFSET
from etl.orderlines import Rules
from etl.rawtable import Raw
from etl.source import DeliveredFile, Delivery, OwnStatuses, Reading, Request, Shape, Shop, Strict, nearest, validated
from etl.typed import clean

VERSION = "1"
"""Raise it when the same rows would become other lines."""


class Options(Strict):
    currency: str = Field(default="", pattern="^([A-Z]{3})?$")
    """Needed where orders are in several currencies: those in another one are left out."""
    timezone: str = ""
    """Of the shop; needed where dates carry an offset from UTC."""
    count: str = ""
    """Statuses that make a purchase, separated by commas; empty: those of the layout."""
    leave: str = ""
    """Statuses that make none, separated by commas, besides those of the layout: a shop's own are rejected else."""
    encoding: str = "utf-8"
    date_format: str = ""
    """Of files that a spreadsheet has saved again."""
    shop: str = ""
    """Name of the shop; empty: that of the shop system."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; write it like Europe/London")
        return value


@dataclass(frozen=True)
class Header:
    """The columns of one file, by name."""

    raw: Raw

    def text(self, *names: str) -> str:
        """SQL of the first of the columns that is there and not empty; NULL where none is."""
        there = [clean(self.raw, self.raw.names.index(name)) for name in names if name in self.raw.names]
        return f"coalesce({', '.join([*there, 'CAST(NULL AS VARCHAR)'])})"

    def money(self, *names: str) -> str:
        """SQL of that text as a decimal. `'-5.00` is -5.00: exports keep a sign from being taken for a formula."""
        signed = f"regexp_replace({self.text(*names)}, '^''([+-])', '\\1')"
        return f"({orderlines.money(signed)})"

    def unreadable(self, *names: str) -> str:
        """SQL: one of the columns holds a text that is no amount."""
        return " OR ".join(f"({self.text(name)} IS NOT NULL AND {self.money(name)} IS NULL)" for name in names)


@dataclass(frozen=True)
class Layout:
    """One export format."""

    source: str
    system: str
    what: str
    """The export as people call it."""
    required: tuple[str, ...]
    export: Callable[[duckdb.DuckDBPyConnection, Header], str]
    """SQL of the table `export` over `raw_rows`, the rows of the file."""
    counted: frozenset[str]
    known: frozenset[str]
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Columns of which one must be there."""
    lines: Callable[[duckdb.DuckDBPyConnection, Raw, Rules], Raw] = orderlines.shaped
    """Makes the lines of the table `export`."""
    noun: str = "orders"
    own_status: Callable[[Header], str] | None = None
    """SQL of the status of a row where shops add statuses of their own, which the options count and leave may name."""

    def recognises(self, names: tuple[str, ...]) -> bool:
        """Whether a header is of this layout."""
        return set(self.required) <= set(names) and not self.lacking(names)

    def own_statuses(self, con: duckdb.DuckDBPyConnection, raw: Raw) -> OwnStatuses:
        """The shop's own statuses in a file, with the number of rows of each, the most frequent first."""
        if self.own_status is None:
            return OwnStatuses(self.counted, {})
        known = ", ".join(map(literal, sorted(self.known)))
        rows = con.execute(
            f"SELECT {self.own_status(Header(raw))} AS status, count(*) FROM {raw.relation} "
            f"WHERE status NOT IN ({known}) GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        return OwnStatuses(self.counted, dict(rows))

    def lacking(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of which a header has none, where it must have one."""
        return next((group for group in self.alternatives if set(group).isdisjoint(names)), ())


@dataclass(frozen=True)
class Found:
    """What a look at the files tells: (status, currency) -> orders and rows, and a date with an offset."""

    groups: tuple[tuple[str | None, str | None, int, int], ...]
    offset: str | None


def deliver(request: Request, layout: Layout) -> Delivery:
    """The orders at the path. Raises SourceError, MappingError on what must be corrected or said first."""
    options = validated(Options, dict(request.options), f"The source {layout.source}")
    assert request.path is not None
    left = _said(options.leave, layout)
    counted = (_said(options.count, layout) or layout.counted) - left
    known = layout.known | counted | left
    files = [_file(path, sheet, options, layout) for path in paths(request.path) for sheet in _sheets(path)]
    found = _look(files, layout, request.work)
    currency = _currency(options, found, layout, counted)
    _ask_timezone(options, found, layout)
    _tell_left_out(found, counted, known, currency, layout, request)
    rules = Rules(counted, known, currency, currencies.digits(currency), options.timezone)
    key = (layout.source, VERSION, currency, *sorted(counted), *(f"-{status}" for status in sorted(left)))
    shape = Shape(key, lambda con, raw: _shaped(con, raw, layout, rules))
    shop = Shop(options.shop or layout.system, currency)
    return Delivery(tuple(DeliveredFile(**(vars(file) | {"shape": shape})) for file in files), shop)


def paths(given: Path) -> list[Path]:
    """The file, or every file of the folder but hidden ones and mappings. Raises SourceError when there is none."""
    if given.is_file():
        return [given]
    found = [
        path for path in sorted(given.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.suffix not in (".yaml", ".yml")
    ]  # fmt: skip
    if not found:
        raise SourceError(f"{given} holds no file.", "Give the export or the folder it lies in.")
    return found


def _said(statuses: str, layout: Layout) -> frozenset[str]:
    """The statuses of an option. Raises MappingError on one that the layout cannot have."""
    said = {word.strip().lower() for word in statuses.split(",") if word.strip()}
    for word in sorted(said - layout.known) if not layout.own_status else ():
        raise MappingError(f"{layout.system} has no order status {word!r}.", nearest(word, sorted(layout.known)))
    return frozenset(said)


def _sheets(path: Path) -> list[str]:
    return workbook.sheets(path) if fileformat.of(path) == "workbook" else [""]


def _file(path: Path, sheet: str, options: Options, layout: Layout) -> DeliveredFile:
    columns = {name: (name,) for name in layout.required}
    reading = Reading(encoding=options.encoding, timezone=options.timezone, date_format=options.date_format)
    return DeliveredFile("order_lines", path, columns, reading, sheet, f"{path.resolve()}#{sheet}")


def _look(files: Sequence[DeliveredFile], layout: Layout, work: Path) -> Found:
    """One pass over all files, before anything is loaded. Raises SourceError where files tell the same order."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as con:
        con.execute("SET disabled_optimizers = 'type_pushdown'")
        con.execute(
            "CREATE TABLE seen (file INTEGER, order_id VARCHAR, status VARCHAR, currency VARCHAR, dated VARCHAR)"
        )
        known: set[str] = set()
        for number, file in enumerate(files):
            content = textfile.digest(file.path) + file.sheet
            if content not in known:
                known.add(content)
                _export(con, rawtable.read(con, file, work, exact=True), file.name, layout)
                con.execute(f"INSERT INTO seen {_facts(number)}")
        _refuse_shared_orders(con, files)
        groups = con.execute(
            "SELECT status, currency, count(DISTINCT order_id), count(*) FROM seen GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        offset = con.execute(
            f"SELECT min(dated) FROM seen WHERE regexp_matches(dated[11:], {literal(OFFSET)})"
        ).fetchall()
    return Found(tuple(groups), offset[0][0])


def _facts(number: int) -> str:
    head = "OVER (PARTITION BY order_id)"
    return f"""SELECT {number}, order_id, min(status) FILTER (WHERE is_first) {head},
        min(currency) FILTER (WHERE is_first) {head}, ordered_at FROM export"""


def _refuse_shared_orders(con: duckdb.DuckDBPyConnection, files: Sequence[DeliveredFile]) -> None:
    shared = con.execute(
        "SELECT order_id, min(file), max(file) FROM seen WHERE order_id IS NOT NULL GROUP BY 1 "
        "HAVING min(file) < max(file) ORDER BY 1 LIMIT 1"
    ).fetchall()
    for order, one, other in shared:
        raise SourceError(
            f"Order {order!r} is in {files[one].name} and in {files[other].name}.",
            "Load them one after the other, the later with `--append`: then its orders replace the earlier ones.",
        )


def _export(con: duckdb.DuckDBPyConnection, raw: Raw, name: str, layout: Layout) -> None:
    if lacking := layout.lacking(raw.names):
        raise MappingError(
            f"{name} has none of the columns {', '.join(map(repr, lacking))}.",
            f"Export it again as {layout.what}.",
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE raw_rows AS FROM {raw.relation}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE export AS {layout.export(con, Header(raw))}")


def _shaped(con: duckdb.DuckDBPyConnection, raw: Raw, layout: Layout, rules: Rules) -> Raw:
    _export(con, raw, layout.what, layout)
    return layout.lines(con, raw, rules)


def _currency(options: Options, found: Found, layout: Layout, counted: frozenset[str]) -> str:
    counts: dict[str, int] = {}
    some_count = any(status in counted for status, *_ in found.groups)
    for status, currency, orders, _ in found.groups:
        if currency and (status in counted or not some_count):
            counts[currency] = counts.get(currency, 0) + orders
    said = _and(f"{orders:,} in {currency}" for currency, orders in sorted(counts.items(), key=lambda x: (-x[1], x[0])))
    if options.currency:
        if options.currency not in counts:
            raise MappingError(
                f"None of the {layout.noun} is in {options.currency}: {said or 'none says its currency'}.",
                "Correct it.",
            )
        return options.currency
    if not counts:
        raise SourceError(
            f"None of the {layout.noun} says its currency.", f"Export it again as {layout.what}, with all columns."
        )
    if len(counts) > 1:
        most = max(counts, key=lambda name: (counts[name], name))
        raise MappingError(
            f"The {layout.noun} are in several currencies: {said}.",
            f"Choose one, for example `--option currency={most}`; the others are left out and counted.",
        )
    return next(iter(counts))


def _ask_timezone(options: Options, found: Found, layout: Layout) -> None:
    if found.offset and not options.timezone:
        raise MappingError(
            f"The dates of the {layout.what} carry an offset from UTC, for example {found.offset!r}: "
            "the time zone of the shop is needed to know its days.",
            "Say it, for example `--option timezone=Europe/Berlin`.",
        )


def _tell_left_out(
    found: Found, counted: frozenset[str], known: frozenset[str], currency: str, layout: Layout, request: Request
) -> None:
    """One note per status and currency that makes no purchase: nothing is left out in silence."""
    for status, money, orders, rows in found.groups:
        if status in known and status not in counted:
            request.note(f"Left out: {rows:,} lines of {orders:,} {layout.noun} that are {status}.")
        elif status in counted and money and money != currency:
            request.note(f"Left out: {rows:,} lines of {orders:,} {layout.noun} in {money}.")
        elif status and status not in known:
            request.note(
                f"Not known: the status {status!r} of {rows:,} lines of {orders:,} {layout.noun}; they are rejected."
            )


def _and(parts: Iterable[str]) -> str:
    *most, last = [*parts] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def select(header: Header, columns: dict[str, str], source: str = "raw_rows", **more: str) -> str:
    """SQL of the table `export`: the rows with COLUMNS as named, and what else a layout needs."""
    wanted = {name: columns[name] for name in orderlines.COLUMNS} | more
    made = ", ".join(f"{value} AS {name}" for name, value in wanted.items())
    own = "".join(f", c{n}" for n in range(len(header.raw.names)))
    return f"SELECT line_number, line_span{own}, {made} FROM {source}"
