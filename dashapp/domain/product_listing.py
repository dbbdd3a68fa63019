"""The products list as one value: search, stages, category and order, to and from the address and the grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashapp.domain.listing import MAX_SEARCH, like
from dashapp.domain.vocabulary import LifecycleStage
from dashapp.errors import FilterError

DEFAULT_SORT = "net_sales"
KEYS = ("search", "stages", "category", "sort")
"Its names in an address."
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class ProductListing:
    """What the reader asked for; the empty address is every product, best sellers first."""

    search: str = ""
    stages: tuple[str, ...] = ()
    "Stages of life; none means any."
    category: str = ""
    sort: str = DEFAULT_SORT
    "A column of store/queries/products_list.sql, which refuses any other."
    descending: bool = True

    def __post_init__(self) -> None:
        if unknown := [stage for stage in self.stages if stage not in set(LifecycleStage)]:
            raise FilterError("stages", f"There is no stage {unknown[0][:40]!r}.", f"Use {', '.join(LifecycleStage)}.")
        if len(self.search) > MAX_SEARCH:
            raise FilterError("search", "The search must be one short text.", "Shorten it.")

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> ProductListing:
        """Read an address. Unknown keys are ignored. Raises FilterError naming the field.

        >>> ProductListing.from_query({"stages": "decline|dormant", "sort": "product_id"})
        ProductListing(search='', stages=('decline', 'dormant'), category='', sort='product_id', descending=False)
        """
        sort = _text(query, "sort") or f"-{DEFAULT_SORT}"
        return cls(
            search=_text(query, "search").strip(),
            stages=tuple(sorted(set(_text(query, "stages").split("|")) - {""})),
            category=_text(query, "category"),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )

    @classmethod
    def from_grid(cls, search: Any, stages: Any, category: Any, sort_model: Any) -> ProductListing:
        """Read what the grid and the controls above it send. Raises FilterError."""
        sort = sort_model[0] if isinstance(sort_model, list) and sort_model else {}
        if not isinstance(sort, dict) or not isinstance(stages or [], list):
            raise FilterError("sort", "The grid sent something that is no sort or stage.", "Reload the page.")
        return cls(
            search=_text({"search": search}, "search").strip(),
            stages=tuple(sorted({str(stage) for stage in stages or ()})),
            category=_text({"category": category}, "category"),
            sort=str(sort.get("colId", DEFAULT_SORT)),
            descending=sort.get("sort", "desc") == "desc",
        )

    def to_query(self) -> dict[str, str]:
        """The address of this view; defaults are left out."""
        is_default = self.sort == DEFAULT_SORT and self.descending
        values = {
            "search": self.search,
            "stages": "|".join(self.stages),
            "category": self.category,
            "sort": "" if is_default else f"{'-' * self.descending}{self.sort}",
        }
        return {name: text for name, text in values.items() if text}

    def parameters(self) -> dict[str, Any]:
        """Bound parameters and order of the question `products_list`, beyond which rows."""
        return {
            "words": like(self.search),
            "stages": list(self.stages),
            "category": self.category or None,
            "sort": self.sort,
            "descending": self.descending,
        }

    def sentence(self) -> str:
        """The view in words, for files.

        >>> ProductListing(stages=("decline",)).sentence()
        'stage decline; sorted by net_sales, descending'
        """
        parts = [f"search {self.search!r}"] if self.search else []
        parts += [f"stage {' or '.join(self.stages)}"] if self.stages else []
        parts += [f"category {self.category}"] if self.category else []
        direction = "descending" if self.descending else "ascending"
        return f"{', '.join(parts) or 'all products'}; sorted by {self.sort}, {direction}"


def _text(query: Mapping[str, Any], name: str) -> str:
    value = query.get(name) or ""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise FilterError(name, f"{name} must be one short text.", "Correct the address.")
    return value
