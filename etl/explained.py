"""What a refresh runs out of, in a sentence with a hint."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from dashapp.errors import TenureError

DISK_FULL = os.strerror(errno.ENOSPC)

UNTOUCHED = "What readers see is whole: the earlier snapshot, or the new one if it was published already."
MORE_ROOM = "Free some disk space or raise refresh_memory_limit, then refresh again."
CHECK_DISK = "Check the disk and the rights of the data folder, then refresh again."


@contextmanager
def resources_explained() -> Iterator[None]:
    """A failing disk, too little memory or a sum beyond every column is an expected failure: said in a sentence."""
    try:
        yield
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        raise TenureError(
            f"A figure is too large to be counted with: {str(error).splitlines()[0]}.",
            f"{UNTOUCHED} Look for a wrong quantity, price or cost in the delivery.",
        ) from error
    except (duckdb.Error, OSError, MemoryError) as error:
        if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)) or DISK_FULL in str(error):
            raise TenureError(
                f"The refresh ran out of disk or memory: {str(error).splitlines()[0]}.", f"{UNTOUCHED} {MORE_ROOM}"
            ) from error
        if isinstance(error, (duckdb.IOException, duckdb.TransactionException, OSError)):
            raise TenureError(
                f"The refresh could not use its files: {str(error).splitlines()[0]}.", f"{UNTOUCHED} {CHECK_DISK}"
            ) from error
        raise
