"""What a Flask route is. A module in `web/routes` holds `ROUTES = (Route(...), ...)`; adding one is adding a file.

The view gets the services first, then the variables of its rule: `view(services, chart="revenue_trend")`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from dashapp.settings import Settings
from dashapp.web.operation import Operation

PUBLIC = "public"
"No session needed: sign-in, health and static files. Everything else names a permission."
MAX_BYTES = 1_000_000
"Default limit of a request body."


@dataclass(frozen=True, slots=True)
class Route:
    """One address that is not a page."""

    rule: str
    endpoint: str
    view: Callable[..., ResponseReturnValue]
    permission: str
    methods: tuple[str, ...] = ("GET",)
    max_bytes: int = MAX_BYTES
    "Largest request body, refused before it is read."
    largest: Callable[[Settings], int] | None = None
    "The same where a setting says it."
    is_api: bool = False
    "True when a program asks: anonymous gets 401 JSON instead of the sign-in page."
    operation: Operation | None = None
    "What programs may ask here and what they get; every address under /api/ has one."

    def limit(self, settings: Settings) -> int:
        """Largest request body here, in bytes."""
        return self.largest(settings) if self.largest else self.max_bytes
