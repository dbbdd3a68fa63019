"""Loading small files in tests: a folder with one mapping, loaded the way an operator does it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dashapp.settings import Settings
from etl import load
from etl.entities import ENTITIES
from etl.lake import Batch, Lake
from etl.work import ORIGIN, create_view

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
COLUMNS = {
    "order_id": "order",
    "ordered_at": "date",
    "customer_id": "customer",
    "quantity": "qty",
    "unit_price": "price",
}
HEADER = "order,date,customer,qty,price"
GOOD = "1,2024-05-06 10:00:00,c1,2,1.50"


class Heard:
    """Progress that keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def step(self, name: str, fraction: float, message: str = "") -> None:
        assert 0 <= fraction <= 1

    def note(self, message: str) -> None:
        self.notes.append(message)


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data")


def shop_folder(folder: Path, files: dict[str, str | bytes], **mapping: Any) -> Path:
    """A folder `shop` with the files and a mapping for order lines in orders*; keywords go to its order_lines."""
    shop = folder / "shop"
    shop.mkdir(exist_ok=True)
    for name, content in files.items():
        (shop / name).write_bytes(content.encode() if isinstance(content, str) else content)
    orders = {"files": "orders*", "columns": COLUMNS, **mapping}
    text = yaml.safe_dump({"shop": {"name": "Test", "currency": "EUR"}, "entities": {"order_lines": orders}})
    (shop / "mapping.yaml").write_text(text)
    return shop


def load_orders(folder: Path, content: str | bytes, name: str = "orders.csv", **mapping: Any) -> Lake:
    """Loads one order file."""
    shop = shop_folder(folder, {name: content}, **mapping)
    return load.load("csv_folder", shop, {}, settings_in(folder), Heard(), now=NOW)


def orders(*lines: str) -> str:
    return "\n".join([HEADER, *lines, ""])


def ask(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a query on files."""
    with duckdb.connect() as connection:
        return connection.execute(sql, parameters).fetchall()


def accepted(lake: Lake, columns: str = "*", entity: str = "order_lines", order: str = "batch_id, line_number"):
    files = lake.files(entity)
    kinds = {column.name: column.sql_type for column in ENTITIES[entity].columns}
    with duckdb.connect() as connection:
        create_view(connection, "accepted", kinds | ORIGIN, files)
        query = f"SELECT {columns} FROM accepted" + (f" ORDER BY {order}" if order else "")
        return connection.execute(query).fetchall() if files else []


def rejected(lake: Lake, columns: str = "line_number, reasons") -> list[tuple[Any, ...]]:
    files = [str(path) for path in lake.rejects()]
    return ask(f"SELECT {columns} FROM read_parquet(?) ORDER BY batch_id, line_number", files) if files else []


def adds_up(batch: Batch) -> bool:
    """Physical lines = header + blank + accepted + rejected."""
    return batch.physical_lines == (
        batch.header_lines + batch.blank_lines + batch.accepted_lines + batch.rejected_lines
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
