"""Small deliveries in canonical columns, written where the load leaves them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from etl.work import ENTITIES

COUNTRIES = ("United Kingdom", "France", "Germany", "Spain", None)
CHANNELS = ("web", "store", "marketplace")
CATEGORIES = ("Kitchen", "Garden", "Toys", "Stationery")


def deliver(data_dir: Path, source: str = "handwritten", **frames: pd.DataFrame) -> None:
    """Write each frame as one batch of the lake; missing canonical columns are NULL."""
    batches = [_batch(data_dir, source, entity, frame) for entity, frame in frames.items()]
    manifest = {"feed": {"source": source, "currency": "GBP", "shop_name": "Test shop"}, "batches": batches}
    (data_dir / "lake" / "manifest.json").write_text(json.dumps(manifest))


def _batch(data_dir: Path, source: str, entity: str, frame: pd.DataFrame) -> dict[str, object]:
    digest = pd.util.hash_pandas_object(frame.astype(str)).sum()
    batch_id = f"{int(digest):016x}"[:16]
    folder = data_dir / "lake" / entity / batch_id
    folder.mkdir(parents=True, exist_ok=True)
    given = frame.assign(batch_id=batch_id, line_number=range(2, len(frame) + 2))
    columns = ", ".join(
        f"cast({name if name in given else 'null'} as {kind}) as {name}" for name, kind in ENTITIES[entity].items()
    )
    with duckdb.connect() as connection:
        connection.register("given", given)
        connection.execute(f"copy (select {columns} from given) to '{folder}/part.parquet'")
        money = None
        if entity == "order_lines":
            money = str(
                connection.execute(
                    f"select coalesce(sum(quantity * unit_price), 0) from read_parquet('{folder}/part.parquet')"
                ).fetchall()[0][0]
            )
    return {
        "batch_id": batch_id, "entity": entity, "source": source, "file_name": f"{entity}.csv", "file_sha256": batch_id,
        "loaded_at": "2026-01-01T00:00:00", "physical_lines": len(frame) + 1, "header_lines": 1, "blank_lines": 0,
        "accepted_lines": len(frame), "rejected_lines": 0, "raw_amount": money, "accepted_amount": money,
        "rejected_amount": "0",
    }  # fmt: skip


def sample_shop(customers: int = 400, seed: int = 7) -> dict[str, pd.DataFrame]:
    """Two years of a small shop: every entity, returns, charges, unidentified lines, an unknown country."""
    rng = np.random.default_rng(seed)
    start, days = datetime(2024, 1, 1, 9, 0), 730  # noqa: DTZ001  shop-local wall time
    lines = [line for number in range(customers) for line in _history(rng, number, start, days)]
    lines += [_line(rng, f"G{i}", start + timedelta(days=int(rng.integers(days))), None) for i in range(150)]
    orders = pd.DataFrame(lines)
    names = [f"c{number:04d}" for number in range(customers + 1)]
    people = pd.DataFrame(
        {
            "customer_id": names,
            "customer_name": [f"Customer {name}" for name in names],
            "email": [f"{name}@example.org" for name in names],
        }
    )
    products = pd.DataFrame(
        {
            "product_id": [f"p{i:02d}" for i in range(30)],
            "product_name": [f"Product {i}" for i in range(30)],
            "category": [CATEGORIES[i % 4] for i in range(30)],
            "unit_price": [_price(i) for i in range(30)],
            "unit_cost": [round(0.6 * _price(i), 2) for i in range(30)],
        }
    )
    weeks = [start + timedelta(days=7 * i) for i in range(days // 7)]
    spend = pd.DataFrame([{"spend_date": day.date(), "channel": c, "spend": 40.0} for day in weeks for c in CHANNELS])
    visits = orders.dropna(subset=["customer_id"]).iloc[::5]
    events = pd.DataFrame({"occurred_at": visits["ordered_at"], "customer_id": visits["customer_id"], "event": "visit"})
    return {
        "order_lines": orders, "customers": people, "products": products, "marketing_spend": spend,
        "engagement_events": events,
    }  # fmt: skip


def _history(rng: np.random.Generator, number: int, start: datetime, days: int) -> list[dict[str, object]]:
    """A customer as BG/NBD sees one: Poisson purchases at an own rate, an own chance to leave after each."""
    rate, leaving = rng.gamma(0.8, 1 / 35), rng.beta(1.0, 3.0)
    country, channel = COUNTRIES[int(rng.choice(5, p=[0.5, 0.2, 0.15, 0.1, 0.05]))], CHANNELS[int(rng.integers(3))]
    day, lines = float(rng.uniform(0, days * 0.85)), []
    while day < days:
        order = f"{number:04d}-{len(lines):03d}"
        at = start + timedelta(days=int(day), minutes=int(rng.integers(600)))
        shared = {"country": country, "channel": channel}
        lines += [_line(rng, order, at, f"c{number:04d}") | shared for _ in range(int(rng.integers(1, 4)))]
        if rng.random() < 0.1:
            charge = {"product_id": "POST", "quantity": 1, "unit_price": 3.5}
            lines.append(_line(rng, order, at, f"c{number:04d}") | shared | charge)
        if rng.random() < 0.05:
            back = {"order_id": f"R{order}", "ordered_at": at + timedelta(days=3), "quantity": -1}
            lines.append(lines[-1] | back)
        if rng.random() < leaving:
            break
        day += 1 + rng.exponential(1 / rate)
    return lines


def _line(rng: np.random.Generator, order_id: str, at: datetime, customer_id: str | None) -> dict[str, object]:
    product = int(rng.integers(30))
    return {
        "order_id": order_id, "ordered_at": at, "customer_id": customer_id, "product_id": f"p{product:02d}",
        "product_name": f"Product {product}", "quantity": int(rng.integers(1, 5)), "unit_price": _price(product),
        "country": "United Kingdom", "channel": "web",
    }  # fmt: skip


def _price(product: int) -> float:
    return round(4 + product * 1.35, 2)
