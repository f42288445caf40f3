"""Errors that nobody caught become a log line like any other: an interpreter would print what they say."""

import logging
import sys
import threading
from types import TracebackType

log = logging.getLogger("zhikong.process")


def install() -> None:
    """For a service's process; a command on a screen keeps Python's own way."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    logging.captureWarnings(True)


def _uncaught(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.critical("uncaught error", exc_info=(kind, error, traceback))
