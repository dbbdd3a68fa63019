"""One file, one command of `python -m etl`: each holds APP."""

from __future__ import annotations
