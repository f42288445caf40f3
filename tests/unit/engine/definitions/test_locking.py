"""A published meaning cannot change unseen: the lock tells the author what to do, and never forgets by itself."""

from dataclasses import replace
from datetime import date

import pytest

from tests.packs import loaded
from zhikong.engine.definitions.locking import Lock, lock_problems, lock_text, read_lock
from zhikong.engine.definitions.model import Status
from zhikong.engine.inspection import example_problems, inspect, review_problems

NATIONAL = loaded.catalogue("national")
ONE = NATIONAL.indicators["average_length_of_stay"]
NAME = "national/average_length_of_stay"


def catalogue(**changes):
    return replace(NATIONAL, indicators={ONE.id: replace(ONE, **changes)})


@pytest.fixture
def lock(tmp_path):
    file = tmp_path / "versions.lock"
    file.write_text(lock_text(catalogue(), {}), "utf-8")
    return file


def messages(found, lock):
    return [problem.message + problem.remedy for problem in lock_problems(found, lock)]


def test_a_locked_definition_is_in_order_and_its_prose_may_change(lock):
    assert read_lock(lock) == {NAME: Lock(1, ONE.hash)}
    assert messages(catalogue(), lock) == []
    assert messages(catalogue(why="另一句话。", owner="nursing", targets={}), lock) == []


def test_without_a_lock_file_nothing_is_locked(tmp_path):
    (told,) = messages(catalogue(), tmp_path / "none")
    assert "还没有锁定" in told


def test_another_meaning_under_the_same_version_is_told_with_the_next_version(lock):
    (told,) = messages(catalogue(hash="0" * 16), lock)
    assert "口径却变了" in told
    assert "version: 2" in told


def test_a_changed_meaning_is_not_locked_over_the_old_one(lock):
    assert lock_text(catalogue(hash="0" * 16), read_lock(lock)) == lock.read_text("utf-8")


def test_a_new_version_waits_for_its_lock_and_then_replaces_the_old_line(lock):
    raised = catalogue(version=2, hash="0" * 16)
    (told,) = messages(raised, lock)
    assert "版本 2 还没有锁定" in told
    lock.write_text(lock_text(raised, read_lock(lock)), "utf-8")
    assert messages(raised, lock) == []
    (back,) = messages(catalogue(), lock)
    assert "低于已发布的版本 2" in back


def test_a_published_definition_may_not_vanish_but_may_be_deprecated(lock):
    (told,) = messages(replace(NATIONAL, indicators={}), lock)
    assert "不见了" in told
    assert NAME in told
    assert messages(catalogue(status=Status.DEPRECATED), lock) == []


def test_a_draft_is_not_locked():
    assert NAME not in lock_text(catalogue(status=Status.DRAFT), {})


def test_a_line_that_is_none_is_refused(tmp_path):
    (tmp_path / "lock").write_text("national/x 1\n", "utf-8")
    with pytest.raises(ValueError, match="not enough values"):
        read_lock(tmp_path / "lock")


def test_an_overdue_review_is_told():
    assert list(review_problems(ONE, today=ONE.next_review)) == []
    (told,) = review_problems(ONE, today=date(2030, 1, 1))
    assert "已过" in told.message


def test_a_definition_without_examples_is_told(tmp_path):
    (told,) = example_problems(replace(ONE, file=tmp_path / "x.yaml"))
    assert "没有算例" in told.message


def test_an_example_that_does_not_hold_is_told_for_each_backend(tmp_path):
    text = ONE.file.with_name("average_length_of_stay.examples.yaml").read_text("utf-8")
    (tmp_path / "x.examples.yaml").write_text(text.replace('value: "', 'value: "9'), "utf-8")
    told = [p.message for p in example_problems(replace(ONE, file=tmp_path / "x.yaml"))]
    assert any("duckdb" in message for message in told)
    assert any("reference" in message for message in told)


@pytest.mark.long  # asks every backend for every packaged definition
def test_an_inspection_names_everything_at_once(tmp_path):
    found = inspect(catalogue(file=tmp_path / "x.yaml", next_review=date(2020, 1, 1)), today=date(2026, 1, 1))
    # core systems of the pack miss the indicators that this catalogue lacks: that is told too, in their own files
    assert len([problem for problem in found if problem.file == tmp_path / "x.yaml"]) == 2
