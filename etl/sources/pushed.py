"""What a program pushed: one file of JSON Lines whose fields bear the canonical names. It adds and corrects by key.

    {"order_id": "1001", "ordered_at": "2026-03-01T10:00:00", "customer_id": "c7", "quantity": 2, "unit_price": 9.90}

A field nobody knows refuses the whole file: a misspelt one would otherwise be lost without a word.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from dashapp.errors import SourceError
from etl import fileformat, jsonlines
from etl.entities import ENTITIES
from etl.source import DeliveredFile, Delivery, Reading, Request, Shop, Source, Strict, known_zone, nearest, validated


class Options(Strict):
    entity: str
    """One of `etl.entities.ENTITIES`."""
    timezone: Annotated[str, AfterValidator(known_zone)] = ""
    """The shop's time zone; needed where times carry an offset."""
    shop: str = ""
    """Name of the shop, where nothing is loaded yet."""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""


def deliver(request: Request) -> Delivery:
    """The file as its entity. Raises SourceError on what is not as pushed rows are."""
    options = validated(Options, dict(request.options), "The source pushed")
    assert request.path is not None
    if options.entity not in ENTITIES:
        raise SourceError(f"There is no entity {options.entity!r}.", nearest(options.entity, ENTITIES))
    if not request.path.is_file():
        raise SourceError(f"{request.path} is not a file.", "Give the file that was pushed.")
    columns = {name: (name,) for name in _names(request.path, options.entity)}
    reading = Reading(date_format="iso", timezone=options.timezone)
    file = DeliveredFile(options.entity, request.path, columns, reading, origin=f"pushed:{request.path.name}")
    return Delivery((file,), request.shop or _shop(options))


def _names(path: Path, entity: str) -> list[str]:
    """The entity's columns that the file has, and those it must have. Raises SourceError on any other."""
    if fileformat.of(path) != "jsonl":
        raise SourceError(f"{path.name} does not begin with a JSON object.", "Push one JSON object per line.")
    known, given = [column.name for column in ENTITIES[entity].columns], jsonlines.header(path, path.name)
    for name in given:
        if name not in known:
            raise SourceError(f"{entity} has no field {name[:60]!r}.", nearest(name, known))
    return [name for name in known if name in given or name in ENTITIES[entity].required]


def _shop(options: Options) -> Shop:
    if not options.currency:
        raise SourceError(
            "Nothing has been loaded yet, so the currency is not known.",
            "Set `shop_name` and `currency`, or load a first delivery.",
        )
    return Shop(options.shop or "Shop", options.currency)


SOURCE = Source(
    name="pushed",
    help="Rows that a program pushed through the API, as JSON Lines (options entity=<name>, timezone=<zone>)",
    demo=False,
    needs_path=True,
    deliver=deliver,
    single=True,
)
