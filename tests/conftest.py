"""Fixtures every room may use; rooms keep their own in their folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from dashapp.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_BUILT_AT = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)


# How fast examples come says something of the machine, nothing of the product. Every run tries the same examples;
# `--hypothesis-profile=explore` looks for new ones.
PATIENT = {"suppress_health_check": [hypothesis.HealthCheck.too_slow], "deadline": None}
hypothesis.settings.register_profile("tenure", derandomize=True, **PATIENT)
hypothesis.settings.register_profile("explore", derandomize=False, **PATIENT)
hypothesis.settings.load_profile("tenure")
# Two workers share two cores; a second thread of each costs a seventh of every refresh. Children inherit it.
os.environ.setdefault("TENURE_DUCKDB_THREADS", "1")
# What is answered while nobody waits would take the processors from the next test; tests of it switch it on.
os.environ.setdefault("TENURE_LOOKS_AHEAD", "false")

pytest_plugins = ("tests.people",)


TOGETHER = ("tests/browser/", "tests/house/test_one_file.py")
"What shares something costly that only one worker should make: a server and a browser, a copy of the product."


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One worker takes each of TOGETHER whole; other tests go wherever there is time. `make check` goes by file."""
    if config.option.dist == "loadfile":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Rooms(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((room for room in TOGETHER if nodeid.startswith(room)), nodeid)

    return Rooms(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test with a folder of its own loads a file, builds a store or opens an installation there: it is slow."""
    for item in items:
        if "tmp_path" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data sets: `TENURE_TEST_DATA` or `../shared/data` beside the checkout; skips where there are none."""
    folder = Path(os.environ.get("TENURE_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set TENURE_TEST_DATA")
    return folder


def _questions() -> str:
    """Hash of what pages ask: a snapshot brings along some of the answers."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "dashapp" / "store").rglob("*.sql")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@pytest.fixture(scope="session")
def sample_warehouse(request: pytest.FixtureRequest) -> Settings:
    """Settings of a data directory with a refreshed snapshot of about 400 customers; read only, shared by every worker.

    Built once as long as what shapes its content stays the same: it lies in pytest's cache, behind a file lock.
    """
    # Here and not above: scipy's second is for those who ask for the snapshot.
    from etl import pipeline
    from etl.key import code_version
    from etl.progress import Silent

    kept: Path = request.config.cache.mkdir("sample_warehouse")  # type: ignore[union-attr]
    settings = Settings(data_dir=kept / f"{code_version()}-{_questions()}", valid_min_customers=300)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (settings.data_dir / "warehouse" / "CURRENT").exists():
            for outdated in kept.glob("*/"):
                shutil.rmtree(outdated)
            asked = pipeline.Request("sample", options={"customers": "400"})
            pipeline.refresh(asked, settings, Silent(), lambda: SAMPLE_BUILT_AT)
    return settings
