"""Passwords: what counts as one, and how it is kept (argon2id; nobody can read it back)."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashapp.errors import InputError

MIN_LENGTH, MAX_LENGTH = 12, 4096
# OWASP's second set for argon2id: 19 MiB, two passes, one lane; about 50 ms here.
MEMORY_KIB, TIME_COST, PARALLELISM = 19_456, 2, 1
# Without a limit 20 sign-ins at once need 20 x 19 MiB; two at a time are as fast on two cores (security.md S-46).
_GATE = threading.BoundedSemaphore(2)

# What people build passwords from. Matched anywhere, after undoing l33t spelling and separators, so that each word
# stands for the hundreds of variants a list of leaked passwords would hold.
COMMON_WORDS = frozenset((Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").split())
_LEET = str.maketrans("013457@$!|", "oieastasil")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol", "qazwsxedcrfvtgbyhnujm",
)  # fmt: skip
_RUN = 4


class Hasher:
    """Makes and checks password hashes. Every check costs one hash, whoever is asked for."""

    def __init__(self, memory_kib: int = MEMORY_KIB, time_cost: int = TIME_COST) -> None:
        self._argon = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=PARALLELISM)
        self._nobody = self.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """A salted argon2id hash that carries its own parameters."""
        with _GATE:
            return self._argon.hash(_plain(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one hashed. For None it works as long, on the hash of nobody, and says no."""
        with _GATE:
            try:
                return (
                    self._argon.verify(stored or self._nobody, _plain(password)[: MAX_LENGTH + 1])
                    and stored is not None
                )
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._argon.check_needs_rehash(stored)


def require_strong(password: str, context: Iterable[str] = ()) -> None:
    """Raises InputError for a password that is short or that a guesser tries first.

    context: words a guesser knows: the user's name, the shop's. No other rule about characters: length is strength.
    """
    plain = _plain(password)
    if len(plain) < MIN_LENGTH:
        raise InputError(f"The password has fewer than {MIN_LENGTH} characters.", "Four random words are a good one.")
    if len(plain) > MAX_LENGTH:
        raise InputError(f"The password has more than {MAX_LENGTH} characters.", "Choose a shorter one.")
    if _repeats(plain) or any(
        _guessable(form, context) for form in (plain.casefold(), plain.casefold().translate(_LEET))
    ):
        raise InputError(
            "The password is built from words, names or keys that are tried first.", "Four random words are a good one."
        )


def _plain(password: str) -> str:
    """The same password however the keyboard composed its accents."""
    return unicodedata.normalize("NFKC", password)


def _repeats(text: str) -> bool:
    """A block of up to six characters over and over, or hardly any different characters."""
    return len(set(text)) < 5 or re.fullmatch(r"(.{1,6}?)\1+.{0,5}", text, re.DOTALL) is not None


def _guessable(text: str, context: Iterable[str]) -> bool:
    """Whether fewer than five letters are left once known words and keyboard runs are taken out of the letters.

    Four different known words make a passphrase, and pass.
    """
    solid = re.sub(r"[\W_]", "", text)
    named = {part for word in context for part in re.split(r"[\W_\d]+", word.casefold()) if len(part) > 2}
    pattern = "|".join(sorted(map(re.escape, COMMON_WORDS | named | {"tenure"}), key=len, reverse=True))
    if len(set(re.findall(pattern, solid)) - named) >= 4:
        return False
    rest = _without_runs(re.sub(pattern, " ", solid))
    return rest != solid and len(re.sub(r"[\W_\d]", "", rest)) < 5


def _without_runs(text: str) -> str:
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for length in range(len(row), _RUN - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], " ")
    return text
