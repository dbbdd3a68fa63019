"""Names of page parts: `"<page>-<part>"`, so that two pages can never clash."""

from __future__ import annotations


def ids(page: str, *parts: str) -> tuple[str, ...]:
    """One id per part.

    >>> ids("overview", "trend", "kpi")
    ('overview-trend', 'overview-kpi')
    """
    return tuple(f"{page}-{part}" for part in parts)
