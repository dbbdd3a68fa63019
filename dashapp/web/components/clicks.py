"""What a click on a mark means for the filter bar."""

from __future__ import annotations

from typing import Any


def toggled(click: Any, chosen: Any) -> list[str]:
    """The chosen values after a click on a bar: added, or taken out when it was chosen already.

    >>> toggled({"points": [{"customdata": "Loyal"}]}, ["New"])
    ['Loyal', 'New']
    >>> toggled({"points": [{"customdata": "Loyal"}]}, ["Loyal"])
    []
    >>> toggled(None, [7, "New"])
    ['New']
    """
    points = click.get("points") if isinstance(click, dict) else None
    value = points[0].get("customdata") if points else None
    now = {one for one in chosen if isinstance(one, str)} if isinstance(chosen, list) else set()
    return sorted(now ^ {value} if isinstance(value, str) and value else now)
