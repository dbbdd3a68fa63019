"""The one secret of this installation, and the keys derived from it. Given by setting, or generated once.

Cookies, journal and cache each get their own key, so that one that leaks opens nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from dashapp.errors import SettingsError
from dashapp.settings import Settings, weak_secret

FILE_NAME = "secret.key"
PURPOSES = ("cookies", "journal", "cache")


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """The secret in force and the ones before it."""

    masters: tuple[bytes, ...]
    "Newest first, never empty."

    def key(self, purpose: str) -> bytes:
        """The 32-byte key for one of PURPOSES."""
        return self.keys(purpose)[0]

    def keys(self, purpose: str) -> tuple[bytes, ...]:
        """Every key for a purpose, newest first: what old keys signed can still be checked."""
        if purpose not in PURPOSES:
            raise ValueError(f"{purpose} is not one of {PURPOSES}")
        return tuple(hmac.digest(master, b"tenure:" + purpose.encode(), hashlib.sha256) for master in self.masters)


def read(settings: Settings) -> Secret:
    """The secret: the setting, else the generated file. Raises SettingsError for a file that gives no safety."""
    current = settings.secret_key or _from_file(settings.folder("state") / FILE_NAME)
    return Secret(tuple(value.encode() for value in (current, *settings.secret_key_fallbacks)))


def _from_file(path: Path) -> str:
    if not path.exists():
        _generate(path)
    if path.stat().st_mode & 0o077:
        raise SettingsError("Others can read the secret key file.", f"Run `chmod 600 {path}`.")
    value = path.read_text(encoding="utf-8").strip()
    if reason := weak_secret(value):
        raise SettingsError(f"The secret key in {path} must {reason}.", "Delete the file; the next start makes one.")
    return value


def _generate(path: Path) -> None:
    """Write a whole file under another name, then link it: of two first starts one wins and both read the same."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
