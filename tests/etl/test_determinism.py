"""The same deliveries give the same file of scores, byte for byte, whatever the number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
LIBRARIES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def scores(folder: Path, threads: int) -> tuple[str, bytes]:
    environment = os.environ | dict.fromkeys((*LIBRARIES, "TENURE_DUCKDB_THREADS"), str(threads))
    environment["TENURE_DATA_DIR"] = str(folder)
    command = [sys.executable, "-m", "etl", "refresh", "--source", "sample", "--option", "customers=600"]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    (file,) = (folder / "ledger").glob("*.parquet")
    return file.name, file.read_bytes()


def test_the_file_of_scores_is_the_same_on_one_thread_and_on_two(tmp_path: Path):
    one, two = (scores(tmp_path / str(threads), threads) for threads in (1, 2))
    assert len(one[1]) > 10_000
    assert one == two
