"""Where a refresh may be killed by a test: TENURE_TEST_CRASH_AT names the step at which the process kills itself."""

from __future__ import annotations

import os
import signal

STEPS = (
    "staged", "load", "transform", "check", "score", "products", "copy", "before_rename", "after_rename",
    "after_pointer", "recorded",
)  # fmt: skip
LAKE_STEPS = ("moved", "manifest_replaced")
"Inside the load: files in place, the new manifest instead of the old one."


def reached(step: str) -> None:
    """Say that `step` is done. SIGKILL, not an exception: nothing may be tidied up on the way out."""
    if os.environ.get("TENURE_TEST_CRASH_AT") == step:
        os.kill(os.getpid(), signal.SIGKILL)
