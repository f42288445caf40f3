"""What a log line says about the request or job that it was written in."""

from contextvars import ContextVar
from typing import Any

current: ContextVar[dict[str, Any] | None] = ContextVar("zhikong_log_context", default=None)


def known() -> dict[str, Any]:
    """Request id, view name, task name, number of the job: what is known here, never who."""
    return current.get() or {}
