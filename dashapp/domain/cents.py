"""How amounts become whole cents without losing one: the parts of a sum still add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor


def in_cents(parts: Sequence[Fraction] | Sequence[float], total: int) -> list[int]:
    """Each part in whole cents, at most one cent off, adding up to `total` [cents] exactly.

    The largest remainders are rounded up (Hamilton's method). Raises ValueError where the parts are not the total's.

    >>> in_cents([0.4, 0.4, 0.2], 1), in_cents([-0.7, 1.7], 1)
    ([1, 0, 0], [-1, 2])
    """
    found: Fraction | float = sum(parts, Fraction(0))
    if abs(float(found - total)) >= 1:
        raise ValueError(f"The parts add up to {float(found)} cents, not to {total}.")
    down = [floor(part) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda place: float(down[place] - parts[place]))
    for place in by_remainder[: total - sum(down)]:
        down[place] += 1
    return down
