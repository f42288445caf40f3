"""How fresh the sources are, in one line; and what speaks against a number."""

from datetime import UTC, datetime, timedelta

import pytest

from zhikong.foundation.facts import freshness, quality_notes
from zhikong.foundation.facts.freshness import Fresh, State
from zhikong.foundation.facts.quality_notes import Note
from zhikong.foundation.facts.templatetags.fact_tags import data_freshness, span, words

NOW = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)


def fresh(source, state, *, lag=None, tables=()):
    when = None if lag is None else NOW - lag
    return Fresh(source, when, when, lag, state, frozenset(tables))


SOURCES = (
    fresh("病案首页", State.FRESH, lag=timedelta(hours=2), tables=("stays", "diagnoses")),
    fresh("检验", State.LATE, lag=timedelta(days=3, hours=5), tables=("results",)),
    fresh("排班", State.NEVER),
)


@pytest.fixture
def sources():
    def told():
        return SOURCES

    freshness.register(told)
    yield
    freshness.unregister(told)


@pytest.mark.parametrize(
    ("lag", "text"),
    [
        (timedelta(seconds=59), "0 分钟"),
        (timedelta(minutes=59), "59 分钟"),
        (timedelta(minutes=60), "1 小时"),
        (timedelta(hours=47, minutes=59), "47 小时"),
        (timedelta(hours=48), "2 天"),
        (timedelta(minutes=-3), "0 分钟"),
    ],
)
def test_a_lag_is_said_in_its_largest_unit_and_never_too_long(lag, text):
    assert span(lag) == text


def test_each_state_has_its_words():
    assert words(SOURCES[0]) == "病案首页 2 小时前"
    assert words(SOURCES[1]) == "检验 3 天未到"
    assert words(SOURCES[2]) == "排班 从未到达"
    assert words(fresh("费用", State.PAUSED, lag=timedelta(days=1))) == "费用 已暂停"
    assert words(fresh("费用", State.BROKEN, lag=timedelta(days=2))) == "费用 出错，2 天未到"


@pytest.mark.proves("F-07", "F-32")
def test_a_line_names_the_sources_of_its_tables_those_that_are_late_first(hospital, sources):
    known = {one.source for one in freshness.freshness(["results"])}
    assert {"检验", "排班"} <= known  # a source that names no table may fill any
    assert "病案首页" not in known
    line = data_freshness(["stays", "results"], NOW)
    assert "数据截至 11-21 23:59" in line
    assert line.index("检验 3 天未到") < line.index("病案首页 2 小时前")


def test_without_a_publication_the_line_says_that_there_are_no_data(hospital):
    assert "尚无数据" in data_freshness([])


def test_notes_are_told_by_indicator_the_most_affected_first(hospital):
    def told(*, month, place):
        yield Note("a", "少", 2, 100)
        yield Note("a", "多", 7, 100)
        yield Note("b", f"{month} {place}", 1, 1)

    quality_notes.register(told)
    try:
        found = quality_notes.notes(month="2026-10", place=None)
    finally:
        quality_notes.unregister(told)
    assert [note.sentence for note in found["a"]] == ["多", "少"]
    assert [note.sentence for note in found["b"]] == ["2026-10 None"]
