"""One-line structured logs: JSON for machines, readable for a terminal; never personal data.

Bind `request_id`, `user_id`, `job_id` with `structlog.contextvars.bind_contextvars`; every later line carries them.
"""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import Processor


def configure(log_format: str = "json", level: str = "INFO") -> None:
    """Send every log line to standard error as `json` or `text`."""
    renderer: Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def request_id() -> str:
    """The id of the request that is being answered, as its log lines carry it; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines carry `logger_name=name`."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(logger_name=name)
    return logger
