"""One file per baseline, each holding a BASELINE."""

from __future__ import annotations
