"""Uploaded files as rows: whose they are, what they are called, how long they stay, how far their import has come."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from dashapp.store.tables import uploads


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded file."""

    id: str
    "32 hexadecimal digits, drawn at random."
    owner_id: int
    file_name: str
    "What the reader calls it: text to show, never a path."
    format: str
    "A key of `uploaded_file.FORMATS`."
    bytes: int
    sha256: str
    state: str
    "ready, or removed when the file is gone."
    created_at: datetime
    expires_at: datetime
    draft: dict[str, Any]
    "JSON: `choice` and the jobs `profile`, `plan`, `import`, `undo` by number."


def add(connection: Connection, upload: Upload) -> None:
    """A file that has arrived."""
    values = {name: getattr(upload, name) for name in upload.__slots__ if name not in ("id", "draft")}
    connection.execute(insert(uploads).values(values | {"upload_id": upload.id, "draft": json.dumps(upload.draft)}))


def find(connection: Connection, upload_id: str) -> Upload | None:
    """The upload of that id, removed ones included."""
    row = connection.execute(select(uploads).where(uploads.c.upload_id == upload_id)).mappings().one_or_none()
    return _upload(row) if row else None


def ready(connection: Connection, owner_id: int | None = None) -> tuple[Upload, ...]:
    """The files that are there, newest first; of one owner, or of all."""
    query = select(uploads).where(uploads.c.state == "ready").order_by(uploads.c.created_at.desc())
    if owner_id is not None:
        query = query.where(uploads.c.owner_id == owner_id)
    return tuple(_upload(row) for row in connection.execute(query).mappings())


def remove(connection: Connection, upload_id: str) -> bool:
    """Mark a file as gone. False when it was already."""
    there = (uploads.c.upload_id == upload_id) & (uploads.c.state == "ready")
    return connection.execute(update(uploads).where(there).values(state="removed", draft="{}")).rowcount == 1


def write_draft(connection: Connection, upload_id: str, changes: dict[str, Any]) -> None:
    """Put these keys into the draft; the others stay."""
    known = find(connection, upload_id)
    if known:
        draft = json.dumps(known.draft | changes, sort_keys=True)
        connection.execute(update(uploads).where(uploads.c.upload_id == upload_id).values(draft=draft))


def _upload(row: RowMapping) -> Upload:
    values = {name: row[name] for name in row if name not in ("upload_id", "draft")}
    return Upload(id=row["upload_id"], draft=json.loads(row["draft"]), **values)
