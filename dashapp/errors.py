"""The one error tree: what can go wrong, in words a user can act on.

TenureError                  every expected failure: a sentence, a hint, an exit code, an HTTP status
├── SettingsError            configuration cannot be used
├── InputError               what was given cannot be used; nothing was changed
│   ├── FilterError          a filter, sort or page value; names its field
│   ├── TooLarge             more bytes than are taken; refused before they are read
│   ├── SourceError          a file or folder of orders cannot be read
│   │   └── NothingUsable    every line of a file was rejected; tells which and why
│   └── MappingError         a column mapping does not fit the file
├── NotSignedIn              no valid session
├── NotAllowed               signed in, but without the permission
├── WrongCredentials         sign-in refused; the same for unknown user and wrong password
├── Throttled                too many attempts; carries the wait
├── NotFound                 no such thing, or not for this reader
├── Conflict                 the same key was used for something else
├── Gone                     it was there, and will not come back: start again
├── EditedMeanwhile          somebody else changed it since it was read; nothing was written
├── NoSnapshot               nothing has been published yet
├── StateUnavailable         accounts, sessions or jobs cannot be read or written: access is refused, not granted
├── SnapshotDamaged          a published file does not match its hash or its schema
├── SnapshotOutdated         a snapshot built by an earlier version lacks what a question needs
├── Busy                     somebody else is at work
│   ├── WriterBusy           another refresh holds the warehouse; names the holder
│   └── TooManyJobs          the cap on running computations is reached
├── QualityStop              a check of severity "stop" failed; the old snapshot stays
├── ReconciliationError      lines or money are unaccounted for; the old snapshot stays
├── QueryTimeout             a question to the snapshot ran too long and was stopped
├── NotEnoughData            a model cannot be fitted to so few customers; says what is missing
├── NotConverged             a fit ended without an optimum
├── JobLost                  a worker died under a job
├── JobCancelled             somebody stopped a job
└── RenderFailed             the browser that draws images is missing or failed
"""

from __future__ import annotations

from typing import Any


class TenureError(Exception):
    """An expected failure: `message` says what happened, `hint` what to do about it."""

    exit_code = 1
    http_status = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def sentence(self) -> str:
        """Message and hint as one line.

        >>> InputError("The file is empty.", "Export it again.").sentence()
        'The file is empty. Export it again.'
        """
        return f"{self.message} {self.hint}".strip()


class SettingsError(TenureError):
    exit_code = 2


class InputError(TenureError):
    exit_code = 2
    http_status = 422


class FilterError(InputError):
    """`field` is the name of the offending filter."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.field = field


class TooLarge(InputError):
    http_status = 413


class SourceError(InputError):
    pass


class NothingUsable(SourceError):
    """`rejects` are the first rejected lines: `line`, `reasons` and `sentences`."""

    def __init__(self, message: str, hint: str, rejects: list[dict[str, Any]]) -> None:
        super().__init__(message, hint)
        self.rejects = rejects


class MappingError(InputError):
    pass


class NotSignedIn(TenureError):
    http_status = 401


class NotAllowed(TenureError):
    http_status = 403


class WrongCredentials(TenureError):
    http_status = 401


class Throttled(TenureError):
    """`wait_seconds` is how long the next attempt is refused."""

    http_status = 429

    def __init__(self, message: str, hint: str = "", *, wait_seconds: int) -> None:
        super().__init__(message, hint)
        self.wait_seconds = wait_seconds


class NotFound(TenureError):
    http_status = 404


class Conflict(TenureError):
    http_status = 409


class Gone(TenureError):
    http_status = 410


class EditedMeanwhile(TenureError):
    http_status = 409


class NoSnapshot(TenureError):
    http_status = 503


class StateUnavailable(TenureError):
    http_status = 503


class SnapshotDamaged(TenureError):
    http_status = 503


class SnapshotOutdated(TenureError):
    http_status = 503


class Busy(TenureError):
    exit_code = 75
    http_status = 503


class WriterBusy(Busy):
    pass


class TooManyJobs(Busy):
    pass


class QualityStop(TenureError):
    exit_code = 3


class ReconciliationError(TenureError):
    exit_code = 4


class QueryTimeout(TenureError):
    http_status = 503


class NotEnoughData(TenureError):
    http_status = 422


class NotConverged(TenureError):
    pass


class JobLost(TenureError):
    pass


class JobCancelled(TenureError):
    exit_code = 130


class RenderFailed(TenureError):
    http_status = 503
