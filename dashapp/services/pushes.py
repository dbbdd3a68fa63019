"""What programs push: kept on the disk as it came, then asked to be loaded; asked twice under one key it is one job."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import IO, Any

from dashapp.errors import Conflict, InputError
from dashapp.services.access import Principal
from dashapp.services.jobs import Jobs
from dashapp.settings import Settings
from dashapp.store import fs
from dashapp.store.jobs import Job

BLOCK_BYTES = 1 << 16
TELLS_APART = ("entity", "sha256", "timezone")
"Arguments by which two pushes under one key are the same push."


def folder(settings: Settings) -> Path:
    """Where pushed bodies lie."""
    path = settings.folder("inbox") / "pushed"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def push(
    jobs: Jobs, settings: Settings, body: IO[bytes], wanted: dict[str, str], owner: Principal, idempotency_key: str
) -> Job:
    """The job that loads the body; `wanted` is entity and time zone.

    Raises Conflict where the key stands for another push, InputError for an empty body, and what `Jobs.enqueue`
    raises; then nothing of the body is kept.
    """
    path, sha256 = _received(body, folder(settings))
    arguments: dict[str, Any] = wanted | {"file": path.name, "sha256": sha256}
    job = None
    try:
        job = jobs.enqueue("ingest", arguments, owner, idempotency_key)
    finally:
        if job is None or job.arguments["file"] != path.name:
            path.unlink(missing_ok=True)
    if any(job.arguments.get(name) != arguments.get(name) for name in TELLS_APART):
        raise Conflict(
            "This Idempotency-Key was used for another push.", f"Use a new key. The other push is job {job.id}."
        )
    return job


def _received(body: IO[bytes], place: Path) -> tuple[Path, str]:
    """The body as a file of a name of ours, on the disk for certain, and its SHA-256. Raises InputError when empty."""
    name = secrets.token_hex(16)
    draft, digest = place / f"{name}.part", hashlib.sha256()
    try:
        with draft.open("xb") as stream:
            while block := body.read(BLOCK_BYTES):
                digest.update(block)
                stream.write(block)
            size = stream.tell()
        if not size:
            raise InputError("The body is empty.", "Send one JSON object per line.")
        draft.chmod(0o600)
        fs.move(draft, place / f"{name}.jsonl")
    finally:
        draft.unlink(missing_ok=True)
    return place / f"{name}.jsonl", digest.hexdigest()
