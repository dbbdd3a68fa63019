"""What a load is asked for: is it there, does it make sense, and what a refresh without a source will ask for again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from dashapp.errors import SourceError
from etl.commit import Manner
from etl.lake import Feed, Lake
from etl.source import Delivery, Source


class Notes(Protocol):
    """Whoever is told what a reader should know."""

    def note(self, message: str) -> None: ...


def feed_of(
    chosen: Source, path: Path | None, options: Mapping[str, str], append: bool, delivery: Delivery, before: Lake
) -> Feed:
    if chosen.single and before.feed:
        return before.feed
    place = str(path) if path else None
    return Feed(chosen.name, place, dict(options), append, chosen.demo, delivery.shop, dict(delivery.policy))


def manner_of(chosen: Source, append: bool) -> Manner:
    if chosen.single:
        return "entity_append" if append else "entity"
    return "append" if append else "world"


def without(delivery: Delivery, entities: set[str], progress: Notes) -> Delivery:
    """The repeated feed without what an import has taken over."""
    for name in sorted(entities & {file.entity for file in delivery.files}):
        progress.note(f"The imported {name.replace('_', ' ')} stay; those of the feed are left out.")
    return replace(delivery, files=tuple(file for file in delivery.files if file.entity not in entities))


def last_feed(before: Lake) -> tuple[str, Path | None, Mapping[str, str], bool]:
    if before.feed is None:
        raise SourceError("Nothing has been loaded yet, so there is nothing to repeat.", "Name a source: `--source`.")
    feed = before.feed
    return feed.source, Path(feed.path) if feed.path else None, feed.options, feed.append


def check_path(chosen: Source, path: Path | None) -> None:
    if path is None and chosen.needs_path:
        raise SourceError(f"The source {chosen.name!r} needs a path.", "Add `--path` with the file or folder.")
    if path is not None and not path.exists():
        raise SourceError(f"{path} does not exist.", "Check the path.")


def check_delivery(chosen: Source, delivery: Delivery, before: Lake, append: bool) -> None:
    has_lines = any(file.entity in ("order_lines", "customer_summaries") for file in delivery.files)
    if not (has_lines or append or chosen.single):
        raise SourceError(f"The source {chosen.name!r} delivered no order lines.", "Check the path and the mapping.")
    if append and before.feed and before.feed.shop.currency != delivery.shop.currency:
        raise SourceError(
            f"What is loaded is in {before.feed.shop.currency}, this delivery in {delivery.shop.currency}.",
            "Replace what is loaded in place of adding to it (no `--append`), or convert the amounts first.",
        )
