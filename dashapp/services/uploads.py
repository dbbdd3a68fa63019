"""Uploaded files: taken in under a name of our own, checked, counted against their owner's share, removed in time.

A file lies in `inbox/uploads/<random id>/data/<name>.<format>`, alone. The name is ours: of what it came with, only
letters a to z and digits are in it, so that runs and batches can be told apart.
"""

from __future__ import annotations

import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path, PurePath
from typing import IO, Any

from sqlalchemy import Connection, Engine

from dashapp.errors import Busy, Gone, InputError, NotFound, TooLarge
from dashapp.logs import get_logger
from dashapp.services import uploaded_file
from dashapp.services.access import Principal
from dashapp.settings import Settings
from dashapp.store import fs
from dashapp.store import jobs as job_rows
from dashapp.store import uploads as rows
from dashapp.store.journal import Journal
from dashapp.store.state import Clock, now, reading, writing
from dashapp.store.uploads import Upload

MB = 1_000_000
FORM_BYTES = 10_000
"What a form may hold around the file."
NAME_LIMIT = 40
SPARE_BYTES = 200 * MB
"Left free on the disk."
JOBS = ("profile", "plan", "import")
"Keys of a draft that name jobs."
SECOND = "with"
"Folder beside the file for second files that hold columns of it."
REJECTS = "refused.parquet"
"Beside the file: the rows its last check refused."
_ID = re.compile(r"[0-9a-f]{32}")

log = get_logger(__name__)


def largest_body(settings: Settings) -> int:
    """Bytes of the largest request that may bring a file."""
    return settings.upload_max_mb * MB + FORM_BYTES


def folder(settings: Settings, upload_id: Any) -> Path:
    """Where an upload lies. Raises InputError for what is no id of an upload."""
    if not isinstance(upload_id, str) or not _ID.fullmatch(upload_id):
        raise InputError("That is not the id of an upload.", "Choose the file again.")
    return settings.folder("inbox") / "uploads" / upload_id


def data_folder(settings: Settings, upload_id: Any) -> Path:
    """The folder that holds the uploaded file, and second files in a folder of their own. Raises InputError."""
    return folder(settings, upload_id) / "data"


def file(settings: Settings, upload: Upload) -> Path:
    """The uploaded file itself."""
    return data_folder(settings, upload.id) / own_name(upload.file_name, upload.format)


def own_name(file_name: str, file_format: str) -> str:
    """What the file is called on the disk.

    >>> own_name("Bestellungen März (neu).CSV", "csv"), own_name("注文.csv", "csv"), len(own_name("x" * 99, "csv"))
    ('bestellungen-marz-neu.csv', 'file.csv', 44)
    """
    plain = unicodedata.normalize("NFKD", PurePath(file_name).stem).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:NAME_LIMIT].strip("-")
    return f"{words or 'file'}.{file_format}"


def owned(connection: Connection, upload_id: Any, principal: Principal) -> Upload:
    """The upload, if it is this principal's and still there. Raises NotFound, Gone."""
    found = rows.find(connection, upload_id) if isinstance(upload_id, str) else None
    if found is None or found.owner_id != principal.user_id:
        raise NotFound("There is no such file.", "It may be somebody else's. Choose a file.")
    if found.state != "ready":
        raise Gone(f"{found.file_name} was removed.", "Upload it again.")
    return found


class Incoming:
    """A file on its way in: the stream it is written to, thrown away unless it is accepted."""

    def __init__(self, settings: Settings) -> None:
        self.id = secrets.token_hex(16)
        self.folder = folder(settings, self.id)
        self.name = self.format = ""
        self._stream: IO[bytes] | None = None

    def open(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        """A stream for the one file of a form, in werkzeug's words. Raises InputError."""
        if self.format:
            raise InputError("Two files came at once.", "Upload one file at a time.")
        self.format = uploaded_file.format_of(filename or "")
        self.name = uploaded_file.clean_name(filename or "")
        self.folder.mkdir(parents=True, mode=0o700)
        self.path.parent.mkdir(mode=0o700)
        self._stream = self.path.open("w+b")
        return self._stream

    def close(self) -> None:
        """Have everything on the disk."""
        if self._stream:
            self._stream.close()

    @property
    def path(self) -> Path:
        return self.folder / "data" / own_name(self.name, self.format)


class Uploads:
    """The uploaded files of one installation."""

    def __init__(self, settings: Settings, engine: Engine, journal: Journal, clock: Clock = now) -> None:
        self._settings, self._engine, self._journal, self._clock = settings, engine, journal, clock

    def admit(self, principal: Principal, bytes_coming: int) -> None:
        """Raises TooLarge or InputError before anything is read of a request that would not fit."""
        self.sweep()
        if bytes_coming > largest_body(self._settings):
            raise TooLarge(
                f"The file has more than {self._settings.upload_max_mb:,} MB.",
                "Split it, or put it into the inbox folder of the server.",
            )
        kept = self.of(principal)
        limit, share = self._settings.upload_quota_files, self._settings.upload_quota_mb
        hours = f"each goes by itself after {self._settings.upload_keep_hours} hours."
        if len(kept) >= limit:
            raise InputError(
                f"You have {len(kept)} uploaded files; {limit} may be kept at a time.",
                f"Remove one under Your files; {hours}",
            )
        used = sum(upload.bytes for upload in kept)
        if used + bytes_coming > share * MB + FORM_BYTES:
            sizes = f"{used / MB:,.1f} MB, this file {bytes_coming / MB:,.1f} MB"
            raise InputError(
                f"Your uploads take {sizes}; you may keep {share:,} MB.",
                f"Remove one under Your files; {hours}",
            )
        if shutil.disk_usage(self._settings.folder("inbox")).free < bytes_coming + SPARE_BYTES:
            raise InputError("The server's disk is nearly full.", "Tell your administrator.")

    @contextmanager
    def receiving(self) -> Iterator[Incoming]:
        """Room for a file on its way in; what was not accepted is gone afterwards."""
        incoming = Incoming(self._settings)
        try:
            yield incoming
        except BaseException:
            incoming.close()
            shutil.rmtree(incoming.folder, ignore_errors=True)
            raise

    def accept(self, incoming: Incoming, principal: Principal, ip: str = "") -> Upload:
        """Check the file and keep it. Raises InputError, noted in the journal."""
        incoming.close()
        if not incoming.format:
            raise InputError("No file came.", "Choose a file.")
        try:
            uploaded_file.check(incoming.path, incoming.format, incoming.name)
        except InputError as error:
            detail = {"file_name": incoming.name, "reason": error.message}
            self._journal.append("upload:refused", principal.actor, incoming.id, detail, ip, "refused")
            raise
        at, length = self._clock(), incoming.path.stat().st_size
        digest, expires = fs.sha256(incoming.path), at + timedelta(hours=self._settings.upload_keep_hours)
        upload = Upload(
            incoming.id, principal.user_id, incoming.name, incoming.format, length, digest, "ready", at, expires, {}
        )
        kept: dict[str, Any] = {"file_name": upload.file_name, "bytes": length, "sha256": digest}
        with writing(self._engine) as connection:
            rows.add(connection, upload)
            self._journal.append_in(connection, "upload:received", principal.actor, upload.id, kept, ip)
        log.info("upload received", upload_id=upload.id, bytes=length, user_id=principal.user_id)
        return upload

    def get(self, upload_id: Any, principal: Principal) -> Upload:
        """An upload of this principal. Raises NotFound, Gone."""
        with reading(self._engine) as connection:
            return owned(connection, upload_id, principal)

    def of(self, principal: Principal) -> tuple[Upload, ...]:
        """The files this principal has here, newest first."""
        with reading(self._engine) as connection:
            return rows.ready(connection, principal.user_id)

    def note(self, upload: Upload, **changes: Any) -> None:
        """Keep how far an import has come."""
        with writing(self._engine) as connection:
            rows.write_draft(connection, upload.id, changes)

    def attach(self, upload: Upload, second: Upload) -> str:
        """Lay a second file of the same person beside an upload; it stays there when it is removed itself.

        Returns its path from the folder of the upload's file.
        """
        name = f"{SECOND}/{second.id[:8]}/{own_name(second.file_name, second.format)}"
        target = data_folder(self._settings, upload.id) / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.exists():
            target.hardlink_to(file(self._settings, second))
        return name

    def remove(self, upload_id: Any, principal: Principal, ip: str = "") -> None:
        """Take a file away for good. Raises NotFound, Gone, Busy while a job reads it."""
        with writing(self._engine) as connection:
            upload = owned(connection, upload_id, principal)
            if self._is_read(connection, upload):
                raise Busy(f"A job is reading {upload.file_name}.", "Wait for it to end, or cancel it.")
            self._drop(connection, upload, "upload:removed", principal.actor, ip)

    def sweep(self) -> int:
        """Remove what has expired; returns how many. The file imported last stays: a refresh reads it again."""
        self._clear_strays()
        with reading(self._engine) as connection:
            if not self._expired(connection):
                return 0
        with writing(self._engine) as connection:
            expired = self._expired(connection)
            for upload in expired:
                self._drop(connection, upload, "upload:expired", "tenure", "")
        return len(expired)

    def _expired(self, connection: Connection) -> list[Upload]:
        kept = rows.ready(connection)
        latest = max((u for u in kept if "import" in u.draft), key=lambda u: int(u.draft["import"]), default=None)
        late = [upload for upload in kept if upload.expires_at <= self._clock() and upload is not latest]
        return [upload for upload in late if not self._is_read(connection, upload)]

    def _clear_strays(self) -> None:
        """Folders that belong to no row: a server that was killed while a file came in."""
        before = self._clock().timestamp() - self._settings.upload_keep_hours * 3600
        place = self._settings.folder("inbox") / "uploads"
        old = [path for path in place.glob("*") if path.stat().st_mtime < before]
        with reading(self._engine) as connection:
            known = {upload.id for upload in rows.ready(connection)} if old else set()
        for path in old:
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)

    def _is_read(self, connection: Connection, upload: Upload) -> bool:
        found = (job_rows.find(connection, int(upload.draft[name])) for name in JOBS if name in upload.draft)
        return any(job is not None and not job.over for job in found)

    def _drop(self, connection: Connection, upload: Upload, event: str, actor: str, ip: str) -> None:
        rows.remove(connection, upload.id)
        self._journal.append_in(connection, event, actor, upload.id, {"file_name": upload.file_name}, ip)
        shutil.rmtree(folder(self._settings, upload.id), ignore_errors=True)
