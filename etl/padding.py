"""Blanks at the ends of values: where the bytes of a file show that there are none, nobody has to trim."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from etl import textfile

BLANK = 32
LAST_OF_BYTE_ORDER_MARK = 0xBF


def padded(path: Path, delimiter: str) -> bool:
    """Whether a blank stands beside a delimiter (one byte), a quotation mark, a line end or an end of the file.

    A value can begin or end with a blank only there; a blank at a quotation mark within a value counts as well.
    """
    edge = np.zeros(256, bool)
    edge[[textfile.LINE_FEED, textfile.RETURN, textfile.QUOTE, LAST_OF_BYTE_ORDER_MARK, ord(delimiter)]] = True
    for chunk in textfile.chunks(path):
        letters = np.frombuffer(b"\n" + chunk + b"\n", np.uint8)
        blanks = np.flatnonzero(letters == BLANK)
        if edge[letters[blanks - 1]].any() or edge[letters[blanks + 1]].any():
            return True
    return False
