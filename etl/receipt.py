"""What became of one file: how many of its rows were accepted, and which were not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from etl import quarantine, textfile
from etl.lake import Lake


def receipt(lake: Lake, path: Path, entity: str | None = None) -> dict[str, Any]:
    """`accepted`, `rejected` and the first `rejects` of the file, known by its bytes; nothing where it is not there.

    entity: what it was loaded as, where the same bytes may have been loaded as another.
    """
    sha256 = textfile.digest(path)
    found = [batch for batch in lake.batches if batch.file_sha256 == sha256 and entity in (None, batch.entity)]
    if not found:
        return {}
    rejects: list[dict[str, Any]] = []
    with duckdb.connect() as connection:
        for batch in found:
            if batch.rejected_rows:
                rejects += quarantine.first_lines(connection, lake.quarantine / f"{batch.batch_id}.parquet")
    accepted, rejected = (sum(getattr(batch, f"{name}_rows") for batch in found) for name in ("accepted", "rejected"))
    return {"accepted": accepted, "rejected": rejected, "rejects": rejects[: quarantine.SHOWN_LINES]}
