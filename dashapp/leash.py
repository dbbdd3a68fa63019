"""`python -m dashapp.leash gunicorn ...`: run a module that ends when the process that started it does.

The starter holds the other end of our standard input. However it dies, kill -9 included, that end closes.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _follow() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_follow, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
