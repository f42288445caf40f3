"""Logging that keeps patients out of log files.

A service writes lines of JSON (monitoring.lines) to its standard error; the supervisor puts them into files.
"""

import logging
import re

from zhikong.site.connection import process_role
from zhikong.site.monitoring.lines import JsonFormatter

# PostgreSQL repeats the offending row in these lines; the log needs the rule that was broken, not the row.
ROW_CONTENT = re.compile(r"^(DETAIL|CONTEXT|明细|详细信息|Key \(|Failing row).*$", re.MULTILINE)


class RowlessFormatter(logging.Formatter):
    """Drops the row contents that database errors carry."""

    def formatException(self, ei) -> str:
        return ROW_CONTENT.sub("（行内容不写入日志）", super().formatException(ei))

    def formatMessage(self, record: logging.LogRecord) -> str:
        return ROW_CONTENT.sub("（行内容不写入日志）", super().formatMessage(record))


class ExpectedRefusal(logging.Filter):
    """A refused page is one line: the reader was told why, and no code failed. Only a 5xx keeps its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True


PEOPLE_READ = process_role() not in ("web", "worker")  # a command on a screen; else a file that machines read
CONFIGURATION = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": RowlessFormatter, "format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "lines": {"()": JsonFormatter},
    },
    "filters": {"expected_refusal": {"()": ExpectedRefusal}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if PEOPLE_READ else "lines",
            "filters": ["expected_refusal"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "zhikong": {
            "level": "WARNING" if process_role() == "operator" else "INFO"
        },  # commands speak themselves
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},  # what was refused stands in the line of its request
        "procrastinate": {"level": "WARNING"},
        "py.warnings": {"level": "WARNING"},
    },
}
