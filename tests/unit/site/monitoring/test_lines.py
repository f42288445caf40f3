"""A log line is one JSON object and names nobody, whatever somebody put into a message or an error."""

import ast
import json
import logging
from pathlib import Path

import pytest

from zhikong.site.monitoring import context, lines

NAME, NUMBER, PHONE, LATIN = "王秀英", "510100194910010012", "13800138000", "wangxiuying"
PLANTED = (NAME, NUMBER, PHONE, LATIN)
PACKAGE = Path(lines.__file__).resolve().parents[2]


def record(message, *args, name="zhikong.tests", error=None, **extra):
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.getLogger(name).makeRecord(
        name, logging.ERROR, "/x/site-packages/library/inner.py", 7, message, args, info, "work", extra
    )
    return made


def line(*args, **kwargs):
    text = lines.JsonFormatter("web").format(record(*args, **kwargs))
    assert "\n" not in text
    assert not [word for word in PLANTED if word in text], text
    return json.loads(text)


def raised(error, cause=None):
    try:
        try:
            if cause is not None:
                raise cause
        finally:
            raise error
    except type(error) as found:
        return found


@pytest.mark.parametrize(
    "argument", [NAME, NUMBER, int(NUMBER[:15]), PHONE, int(PHONE), LATIN, [NAME], {"a": NAME}]
)
def test_what_is_put_into_a_message_is_hidden(argument):
    assert line("patient %s of %s rows", argument, 12)["event"] == "patient … of 12 rows"


def test_numbers_code_words_addresses_and_types_of_errors_stay():
    found = line("%s: %s rows from %s, %s; 100%%", "stays.load", 1200, "10.1.2.3", ValueError(NAME))
    assert found["event"] == "stays.load: 1200 rows from 10.1.2.3, ValueError; 100%"


def test_named_arguments_are_hidden_like_the_others():
    made = record("%(who)s, %(count)d", name="zhikong.tests")
    made.args = {"who": NAME, "count": 3}
    assert json.loads(lines.JsonFormatter().format(made))["event"] == "…, 3"


def test_the_words_of_a_library_are_not_kept_but_their_place_is():
    found = line(f"Invalid HTTP_HOST header: {NAME} {NUMBER}", name="django.security.DisallowedHost")
    assert found["event"] == "inner.work:7"
    assert found["logger"] == "django.security.DisallowedHost"


def test_an_error_is_its_type_and_place_never_its_words_nor_those_of_its_causes():
    found = line("failed", error=raised(ValueError(f"{NAME} {LATIN}"), KeyError(NUMBER)))["error"]
    assert found["type"] == "builtins.ValueError"
    assert found["cause"]["type"] == "builtins.KeyError"
    assert found["frames"][-1].endswith("raised")
    assert "test_lines.py:" in found["frames"][-1]


def test_a_system_error_keeps_its_number_not_the_file():
    found = line("failed", error=raised(FileNotFoundError(2, "none", f"/data/{NAME}.xlsx")))["error"]
    assert found["system"].startswith("2 ")


def test_a_database_error_keeps_the_broken_rule_not_the_row():
    class Broken(Exception):
        sqlstate = "23505"

        class diag:
            constraint_name, table_name, column_name = "identity_once", "patients_identity", NAME

    found = line("failed", error=raised(Broken(f"Key (name)=({NAME}) already exists")))["error"]
    assert (found["sqlstate"], found["constraint"], found["table"]) == (
        "23505",
        "identity_once",
        "patients_identity",
    )
    assert "column" not in found


def test_a_job_is_its_task_and_number_not_what_it_was_given():
    job = {
        "id": 4,
        "task_name": "facts.load",
        "attempts": 2,
        "task_kwargs": {"who": NAME},
        "call_string": NAME,
    }
    found = line(
        f"Job facts.load[4](who={NAME}) ended", name="procrastinate.worker", job=job, action="job_error"
    )
    assert (found["event"], found["task"], found["job"], found["attempt"]) == (
        "job_error",
        "facts.load",
        4,
        2,
    )


def test_a_request_is_its_page_and_number_not_its_address():
    class Request:
        request_id, path = "ab12", f"/patients/{NUMBER}/"

        class resolver_match:
            view_name = "patients:one"

    found = line(
        "%s: %s", "Not Found", Request.path, name="django.request", request=Request(), status_code=500
    )
    assert (found["request"], found["view"], found["status"]) == ("ab12", "patients:one", 500)


def test_lines_of_one_request_carry_its_number():
    token = context.current.set({"request": "ab12"})
    try:
        assert line("began")["request"] == "ab12"
    finally:
        context.current.reset(token)
    assert "request" not in line("ended")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"ValueError: {NAME}", "ValueError: …"),
        (f"psycopg.errors.UniqueViolation: {NAME}", "psycopg.errors.UniqueViolation: …"),
        (f"Conversion Error: Could not convert string '{NAME}'", "Conversion Error: …"),
        (f"DETAIL:  Key (name)=({NAME}) already exists.", "（行内容不写入日志）"),
        (f"card {NUMBER}, phone {PHONE}", "card …, phone …"),
        ("磁盘已满", "磁盘已满"),
    ],
)
def test_a_line_that_came_past_logging_is_wrapped_and_shortened(text, kept):
    found = json.loads(lines.wrapped(text, process="worker", at=0.0))
    assert (found["event"], found["process"], found["level"]) == (kept, "worker", "OUTPUT")


def test_a_line_of_json_stays_as_it_is():
    assert lines.wrapped('{"a":1}', process="web", at=0.0) == '{"a":1}'


def test_every_message_of_ours_is_a_constant():
    """An f-string would carry its words past the formatter."""
    wrong = [place for file in PACKAGE.rglob("*.py") for place in _put_together(file)]
    assert wrong == []


def test_the_search_for_put_together_messages_finds_one(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text(
        'log = logging.getLogger()\nlog.warning(f"{name}")\nlogger.error("a" + name)\nlog.info("a %s", name)\n',
        encoding="utf-8",
    )
    assert [place.rpartition(":")[2] for place in _put_together(bad)] == ["2", "3"]


def _put_together(file):
    text = file.read_text(encoding="utf-8")
    if "getLogger" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = getattr(node.func.value, "id", "")
        if (
            owner in ("log", "logger")
            and node.func.attr in LEVELS
            and not isinstance(node.args[0], ast.Constant)
        ):
            yield f"{file}:{node.lineno}"


LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
