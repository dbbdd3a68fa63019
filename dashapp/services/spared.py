"""One part of a page fails and the others go on: its place says so with the id that its line in the log carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from dashapp.errors import QueryTimeout, SnapshotOutdated, TenureError
from dashapp.logs import get_logger, request_id
from dashapp.services.ahead import is_ahead

HINT = "Try again. If it happens again, tell your administrator the request id."
Answer = TypeVar("Answer")
Other = TypeVar("Other")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a reader is told of a part that failed."""

    text: str
    next_step: str
    kind: Literal["error", "unavailable"] = "error"
    "An error may be over when asked again; what an earlier version did not prepare comes with a refresh."

    @property
    def sentence(self) -> str:
        return f"{self.text} {self.next_step}"


OUTDATED = Failure(
    "Not available in this snapshot: an earlier version prepared it.", "It is there after a refresh.", "unavailable"
)


def spared(part: str, ask: Callable[[], Answer], instead: Callable[[Failure], Other]) -> Answer | Other:
    """What `ask` answers, or `instead` of it where it failed. `part` names it in the log.

    What concerns the whole request (filters, permissions, a snapshot that is gone) is raised as before, and so is
    everything where nobody is to be told.
    """
    if is_ahead():
        return ask()
    try:
        return ask()
    except QueryTimeout as error:
        log.warning("part of a page took too long", part=part)
        return instead(Failure(f"{error.message} {_named()}", error.hint))
    except SnapshotOutdated:
        return instead(OUTDATED)
    except TenureError:
        raise
    except Exception as error:
        log.error("part of a page failed", part=part, error=type(error).__name__, exc_info=error)
        return instead(Failure(f"This could not be shown. {_named()}", HINT))


def _named() -> str:
    return f"Request {request_id()}." if request_id() else ""
