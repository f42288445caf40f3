"""No patient in a log file."""

import logging
import os
import subprocess
import sys

import pytest

from zhikong.site.logs import CONFIGURATION, ExpectedRefusal, RowlessFormatter
from zhikong.site.monitoring.lines import JsonFormatter


def formatted(message, error=None):
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, message, (), info)
    return RowlessFormatter("{levelname} {message}", style="{").format(record)


def test_the_row_that_a_database_error_repeats_is_dropped():
    error = ValueError('duplicate key violates "identity_once"\nDETAIL:  Key (name)=(王秀英) already exists.')
    text = formatted("Internal Server Error: /datasources/", error)
    assert "identity_once" in text
    assert "王秀英" not in text


def test_the_row_is_dropped_from_a_message_too():
    text = formatted("insert failed\nFailing row contains (1, 王秀英, 510100194910010012).")
    assert text.startswith("ERROR insert failed")
    assert "王秀英" not in text


def test_every_handler_uses_a_formatter_that_drops_rows():
    formats = CONFIGURATION["formatters"]
    used = {formats[handler["formatter"]]["()"] for handler in CONFIGURATION["handlers"].values()}
    assert used <= {RowlessFormatter, JsonFormatter}


@pytest.mark.parametrize(("role", "form"), [("web", "lines"), ("worker", "lines"), ("operator", "plain")])
def test_services_write_lines_for_machines_and_commands_for_people(role, form):
    program = "from zhikong.site import logs; print(logs.CONFIGURATION['handlers']['stderr']['formatter'])"
    env = {**os.environ, "ZHIKONG_ROLE": role}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == form


@pytest.mark.parametrize(("status", "kept"), [(403, False), (404, False), (500, True)])
def test_a_refusal_is_one_line_and_a_failure_keeps_its_traceback(status, kept):
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Forbidden: /x/", (), None)
    record.status_code = status
    record.exc_info = (ValueError, ValueError("why"), None)
    assert ExpectedRefusal().filter(record)
    assert bool(record.exc_info) is kept


def test_every_line_passes_the_filter_that_shortens_refusals():
    assert CONFIGURATION["handlers"]["stderr"]["filters"] == ["expected_refusal"]
