"""One log record as one JSON object that names no patient and no person. Standard library only.

A message is a constant of our code; what was put into it need not be. So of our own messages only numbers, moments,
addresses and code words are filled in; of the messages of libraries, which may be put together from anything, only
the place that wrote them is kept. Of an exception: its type, where it came from, and what the database says about
the broken rule. Never its words: they repeat what somebody typed.
"""

import ipaddress
import json
import logging
import os
import re
from datetime import date, datetime, timedelta
from traceback import walk_tb
from types import TracebackType
from typing import Any

from zhikong.site.monitoring import context

OUR = ("zhikong", "zhikong_supervisor")
HIDDEN = "…"
MOST_FRAMES = 12
LARGEST_NUMBER = 999_999_999  # a longer one may be a telephone, a card, a record's number
CODE_WORD = re.compile(r"[a-z][a-z0-9]*([._:-][a-z0-9]+)+")
PLACE_HOLDER = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%%")
FIELDS = ("request", "view", "method", "status", "ms", "cpu_ms", "user", "task", "job", "child", "code")
PACKAGES = re.compile(r".*?(?:site-packages|dist-packages)/|.*?(?=/zhikong/)/|.*/lib/python3\.\d+/")


class JsonFormatter(logging.Formatter):
    """Formats every record as one line."""

    def __init__(self, process: str = ""):
        super().__init__()
        self.process = process or os.environ.get("ZHIKONG_ROLE", "")

    def format(self, record: logging.LogRecord) -> str:
        return dumped(as_fields(record, process=self.process))


def dumped(fields: dict[str, Any]) -> str:
    """One line of JSON, in Chinese as it is read."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), default=lambda _value: HIDDEN)


def as_fields(record: logging.LogRecord, *, process: str) -> dict[str, Any]:
    """The whole line of a record."""
    found = {
        "time": moment(record.created),
        "level": record.levelname,
        "logger": record.name if _is_name(record.name) else HIDDEN,
        "process": process,
        "pid": record.process,
        "event": event(record),
        **context.known(),
        **_given(record),
    }
    if record.exc_info and record.exc_info[1] is not None:
        found["error"] = failure(record.exc_info[1])
    return found


def moment(seconds: float) -> str:
    """Local time with its distance to UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="milliseconds")


def event(record: logging.LogRecord) -> str:
    """What happened, in words that our code holds."""
    action = getattr(record, "action", None)  # the job queue names its events
    if isinstance(action, str) and re.fullmatch(r"[a-z_]{1,40}", action):
        return action
    if not _is_ours(record.name):
        return f"{record.module}.{record.funcName}:{record.lineno}"
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    return filled(record.msg, record.args)


def filled(template: str, arguments: Any) -> str:
    """The template with those of its arguments that cannot name anybody."""
    named = arguments if isinstance(arguments, dict) else None
    rest = iter(arguments if isinstance(arguments, tuple) else ())

    def put(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%"
        return harmless(named.get(found.group(1)) if named is not None else next(rest, None))

    return PLACE_HOLDER.sub(put, template) if arguments else template


def harmless(value: Any) -> str:
    """Numbers, moments, network addresses, code words and types of errors as they are; all else is hidden."""
    if value is None or isinstance(value, bool | float | date | timedelta):
        return str(value)
    if isinstance(value, int):
        return str(value) if abs(value) <= LARGEST_NUMBER else HIDDEN
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, str) and (CODE_WORD.fullmatch(value) or _is_address(value)):
        return value
    return HIDDEN


def failure(error: BaseException, depth: int = 0) -> dict[str, Any]:
    """Type and place of an error, the broken rule of a database error, the number of a system error, its cause."""
    found = {"type": f"{type(error).__module__}.{type(error).__qualname__}", **_database(error)}
    if isinstance(error, OSError) and error.errno is not None:
        found["system"] = f"{error.errno} {os.strerror(error.errno)}"
    if isinstance(error, ImportError | AttributeError | NameError) and _is_name(error.name):
        found["name"] = error.name
    if frames := places(error.__traceback__):
        found["frames"] = frames
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and depth < 3:
        found["cause"] = failure(cause, depth + 1)
    return found


def places(traceback: TracebackType | None) -> list[str]:
    """Where an error passed, the innermost last: file, line and function, no values and no source."""
    passed = [
        f"{PACKAGES.sub('', frame.f_code.co_filename, count=1)}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(traceback)
    ]
    return passed[-MOST_FRAMES:]


def _database(error: BaseException) -> dict[str, str]:
    """SQLSTATE, constraint, table and column: names of the schema, not the row."""
    described = getattr(error, "diag", None)
    wanted = {name: getattr(described, f"{name}_name", None) for name in ("constraint", "table", "column")}
    found = {name: value for name, value in wanted.items() if _is_name(value)}
    code = getattr(error, "sqlstate", None)
    return {"sqlstate": code, **found} if isinstance(code, str) else found


def _given(record: logging.LogRecord) -> dict[str, Any]:
    """Fields that the writer gave by ``extra``; of a job its task and number."""
    found = {name: record.__dict__[name] for name in FIELDS if name in record.__dict__}
    job = record.__dict__.get("job")
    if isinstance(job, dict):
        found |= {"task": job.get("task_name"), "job": job.get("id"), "attempt": job.get("attempts")}
    request = record.__dict__.get("request")
    if request is not None and not isinstance(request, str):  # Django's loggers give the whole request
        found.pop("request")
        found |= _of_request(request, record)
    return found


def _of_request(request: Any, record: logging.LogRecord) -> dict[str, Any]:
    match = getattr(request, "resolver_match", None)
    return {
        "request": getattr(request, "request_id", ""),
        "view": getattr(match, "view_name", "") or "",
        "status": getattr(record, "status_code", 0),
    }


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in OUR


def _is_name(text: Any) -> bool:
    return (
        isinstance(text, str) and text.isascii() and re.fullmatch(r"[A-Za-z_][\w.\-]{0,79}", text) is not None
    )


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


# ---- lines that did not come through logging: a library's print, an interpreter's last words -------------------------

ROW_CONTENT = re.compile(r"^\s*(DETAIL|CONTEXT|明细|详细信息|Key \(|Failing row|STATEMENT|语句)")
LABELLED = re.compile(r"^\s*((?:\w+\.)+\w+|[A-Z][A-Za-z ]{2,40}): .*", re.ASCII)  # the words of an error
LONG_NUMBER = re.compile(r"\d[\dXx\-]{6,}[\dXx]")


def wrapped(text: str, *, process: str, at: float) -> str:
    """A line of plain text as JSON; a line that is JSON already stays as it is."""
    if text.startswith("{") and text.endswith("}"):
        return text
    return dumped({"time": moment(at), "level": "OUTPUT", "process": process, "event": plain(text)})


def plain(text: str) -> str:
    """Text without the row of a database error, the words of an exception and long numbers."""
    if ROW_CONTENT.match(text):
        return "（行内容不写入日志）"
    named = LABELLED.match(text)
    return f"{named.group(1)}: {HIDDEN}" if named else LONG_NUMBER.sub(HIDDEN, text)[:2000]
