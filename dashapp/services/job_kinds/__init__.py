"""One file, one kind of durable job: each holds KIND."""

from __future__ import annotations
