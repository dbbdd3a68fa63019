"""The command line: one file, one command or group of commands. Each holds APP, a Typer."""

from __future__ import annotations
