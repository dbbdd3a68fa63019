"""Text whose columns are set apart by runs of blanks, as statistics programs print tables: the same with tabs."""

from __future__ import annotations

from pathlib import Path

from etl.scan import chunks

BLANKS = " "
"""As a delimiter: any run of blanks or tabs; those around a line count for nothing."""


def with_tabs(path: Path, work: Path) -> Path:
    """A copy of UTF-8 text, line by line, with one tab in the place of every run of blanks within a line."""
    target = work / f"{path.stem}.tabs.csv"
    with target.open("wb") as copy:
        for chunk in chunks(path):
            copy.writelines(_tabbed(line) for line in chunk.splitlines(keepends=True))
    return target


def _tabbed(line: bytes) -> bytes:
    bare = line.rstrip(b"\r\n")
    return b"\t".join(bare.split()) + line[len(bare) :]
