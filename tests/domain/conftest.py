"""CDNOW as it was published, and customers with known parameters."""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.simulated import CDNOW_BG, customers
from dashapp.domain.rfm import summarise

CALIBRATION_END = date(1997, 9, 30)
HOLDOUT_END = date(1998, 6, 30)
HOLDOUT_DAYS = 273


@pytest.fixture(scope="session")
def reference(shared_data: Path) -> Any:
    return json.loads((shared_data / "reference_values.json").read_text())


def lifetimes_file(name: str) -> Path:
    """One of the data sets that the lifetimes package carries, found without importing it."""
    spec = importlib.util.find_spec("lifetimes")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "datasets" / name


def purchases(file_name: str, *names: str, header_lines: int = 0) -> pd.DataFrame:
    """One of its purchase logs."""
    rows = pd.read_csv(
        lifetimes_file(file_name),
        sep=r"\s+",
        header=None,
        names=[*names, "day", "units", "amount"],
        dtype={"day": str},
        skiprows=header_lines,
    )
    return rows.assign(order_date=pd.to_datetime(rows["day"], format="%Y%m%d"))


@pytest.fixture(scope="session")
def transactions() -> pd.DataFrame:
    """The 1/10 sample of CDNOW."""
    return purchases("CDNOW_sample.txt", "master_key", "customer_key")


@pytest.fixture(scope="session")
def cdnow_purchases() -> pd.DataFrame:
    """All of CDNOW."""
    return purchases("CDNOW_master.txt", "customer_key", header_lines=1)


@pytest.fixture(scope="session")
def cdnow_full(cdnow_purchases: pd.DataFrame) -> pd.DataFrame:
    """39 weeks of calibration: all 23,570 customers."""
    return summarise(cdnow_purchases, CALIBRATION_END)


@pytest.fixture(scope="session")
def cdnow(transactions: pd.DataFrame) -> pd.DataFrame:
    """39 weeks of calibration: 2,357 customers."""
    return summarise(transactions, CALIBRATION_END)


@pytest.fixture(scope="session")
def crowd() -> pd.DataFrame:
    """3,000 customers of a BG/NBD with CDNOW's parameters."""
    return customers(3000, CDNOW_BG)


@pytest.fixture(scope="session")
def lifelines_data() -> Path:
    """The folder of the data sets that the lifelines package carries."""
    spec = importlib.util.find_spec("lifelines")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "datasets"
