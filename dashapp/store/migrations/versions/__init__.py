"""One file per change, named by its number; never edited once released."""

from __future__ import annotations
