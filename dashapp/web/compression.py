"""Packed answers: Brotli or gzip, with static files packed once per process."""

from __future__ import annotations

from flask import Flask, Request
from flask_compress import Compress

_STATIC = ("/_dash-component-suites/", "/assets/", "/vendor/")
_MOST = 200
"Static files there are about sixty; whoever invents query strings must not fill the memory."


class _StaticOnly:
    """A cache that keeps packed static files and forgets everything else at once."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        if key.split(";", 1)[1].startswith(_STATIC) and len(self._kept) < _MOST:
            self._kept[key] = value


def _key(request: Request) -> str:
    return request.full_path


def install(server: Flask) -> None:
    """Pack every text answer larger than half a kilobyte."""
    server.config |= {
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_ALGORITHM_STREAMING": ["gzip"],
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_CACHE_BACKEND": _StaticOnly,
        "COMPRESS_CACHE_KEY": _key,
    }
    Compress(server)
