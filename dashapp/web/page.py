"""What a page is. A module in `web/pages` holds `PAGE = Page(...)`; adding a page is adding that file.

`layout(**address)` gets the path variables and the query keys it knows as text: those of the filter bar, those it names
as arguments and those in `keys`. Others are dropped and the reader is told.
When `filters` names controls, the frame puts the filter bar above the layout and the store `FILTERS` on the page;
callbacks then take `Input(FILTERS, "data")` and call `Filters.from_query(data)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashapp.domain.filters import CHOICES
from dashapp.services.showing import Showing

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

ALL_FILTERS = ("period", "compare", "basis", *CHOICES)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the application."""

    path: str
    "`/customers`, or with variables `/customers/<customer_id>`."
    title: str
    "The only h1, and the browser tab."
    permission: str
    layout: Callable[..., Any]
    "Pure: address to components."
    wire: Callable[[Door, Services], None]
    "Registers the page's callbacks through the door."
    group: str = "ANALYSE"
    "Heading in the navigation."
    order: int = 100
    icon: str = "circle"
    in_navigation: bool = True
    check: Callable[..., None] | None = None
    "`check(services, **variables)` raises NotFound where what they name is not there: answered 404, and said so."
    is_now: bool = False
    "Shows the present whatever `as_of` says: what is loaded, run or worked on. Others read `asof.shown(services)`."
    filters: tuple[str, ...] = ()
    "Controls of the filter bar, of ALL_FILTERS; empty means no bar."
    keys: tuple[str, ...] = ()
    "Further query keys of its address that `layout` reads without naming them as arguments."

    shows: Showing | None = None
    "The key figures and charts on the page, so that they can be exported; every page with filters and charts has it."

    @property
    def name(self) -> str:
        """A short word for ids: `/customers/<customer_id>` is `customers-customer_id`, `/` is `home`."""
        return "-".join(part.strip("<>") for part in self.path.strip("/").split("/")) or "home"

    @property
    def has_variables(self) -> bool:
        return "<" in self.path
