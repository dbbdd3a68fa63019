"""Which snapshot a request reads: the one its address names with `as_of`, or the current one. Decided here only.

A download or a program names it in the query; a page gets it from the frame; a callback tells the query of the page it
stands on, which the door hands over. Snapshots never change, so a page drawn as of one stays with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from flask import g, has_request_context, request

from dashapp.errors import FilterError
from dashapp.services.predecessor import Predecessor

if TYPE_CHECKING:
    from dashapp.domain.filters import Filters
    from dashapp.services.services import Services
    from dashapp.store.snapshot import Snapshot

KEY = "as_of"
"The name in the address."


def shown(services: Services) -> Snapshot:
    """The snapshot this request reads. Raises FilterError, Gone, SnapshotDamaged, NoSnapshot."""
    seq = asked()
    return services.snapshots.current() if seq is None else services.snapshots.at(seq)


def before(services: Services, filters: Filters) -> Predecessor | None:
    """The snapshot before the one this request reads, where these filters compare."""
    return Predecessor.of(shown(services), services.snapshots, filters)


def asked() -> int | None:
    """The number of the snapshot that the address names; None means now. Raises FilterError."""
    if not has_request_context():
        return None
    if KEY not in g:
        heed(request.args.getlist(KEY))
    seq: int | None = g.get(KEY)
    return seq


def address() -> dict[str, str]:
    """What a link of this page must say to lead to the same snapshot."""
    seq = asked()
    return {} if seq is None else {KEY: str(seq)}


def heed(given: Any) -> None:
    """From here on this request reads the snapshot `given` names: text, texts or nothing. Raises FilterError."""
    texts = given if isinstance(given, list) else [given] if given else []
    g.as_of = _read(texts) if texts else None


def heed_search(search: Any) -> None:
    """The same from the query part of an address, as the browser tells it."""
    heed(parse_qs(search.removeprefix("?"), keep_blank_values=True).get(KEY) if isinstance(search, str) else None)


def _read(texts: list[Any]) -> int:
    text = texts[0]
    if len(texts) > 1 or not (isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10):
        raise FilterError(KEY, "as_of is not the number of a snapshot.", "Choose one from the list, or go back to now.")
    return int(text)
