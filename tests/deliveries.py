"""Handwritten deliveries: frames in canonical columns go through the real load as CSV files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from etl import pipeline, source
from etl.source import DeliveredFile, Delivery, Reading, Request, Shop, Source

SHOP = Shop("Handwritten shop", "GBP", "United Kingdom")


def _deliverer(policy: Mapping[str, bool]) -> Callable[[Request], Delivery]:
    def deliver(request: Request) -> Delivery:
        assert request.path
        return Delivery(tuple(_file(path) for path in sorted(request.path.glob("*.csv"))), SHOP, policy=policy)

    return deliver


def _file(path: Path) -> DeliveredFile:
    columns = {name: (name,) for name in path.read_text().splitlines()[0].split(",")}
    return DeliveredFile(path.stem, path, columns, Reading(delimiter=","), origin=path.name)


def know_handwritten(monkeypatch: pytest.MonkeyPatch, policy: Mapping[str, bool]) -> None:
    """Make `handwritten` a source of this process: a folder with one CSV per entity."""
    known = source.sources() | {"handwritten": Source("handwritten", "", False, True, _deliverer(policy))}
    monkeypatch.setattr(source, "sources", lambda: known)


def written(folder: Path, frames: Mapping[str, pd.DataFrame]) -> pipeline.Request:
    """The request that delivers these frames; other files of an earlier delivery in `folder` are gone."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for entity, frame in frames.items():
        frame.to_csv(folder / f"{entity}.csv", index=False)
    return pipeline.Request("handwritten", folder)
