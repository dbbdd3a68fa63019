"""How much a zip archive, such as a workbook, may hold: the same for an upload and for a load."""

from __future__ import annotations

ENTRIES_LIMIT = 200
UNPACKED_LIMIT = 2 << 30
"Bytes. A sheet of half a million order lines takes 160 MB; what a job may take of memory bounds the reading."
RATIO_LIMIT = 100
"Times its packed size: a real sheet takes 10, a bomb hundreds."
