"""What waits is brought in by order of arrival; a spoilt content is found and refused alone; a feed backs off."""

from datetime import timedelta

import pytest

from tests.loads import NOW, line
from tests.unit.hospital.functions.datasources.conftest import page
from zhikong.foundation.facts import raw
from zhikong.foundation.facts.models import Load
from zhikong.hospital.functions.datasources import feeds, processing, replaying, running
from zhikong.hospital.functions.datasources.models import Feed, Receipt


def states(loading):
    with loading.scoped():
        return list(Receipt.objects.order_by("seq").values_list("state", flat=True))


def ages(loading):
    return sorted(row["age_years"] for row in loading.rows())


def test_deliveries_are_brought_in_by_order_of_arrival_and_a_later_one_wins(loading, receive, feed):
    receive(line(1), line(2))
    receive(line(1, 年龄="61"))
    loads = processing.process(feed=feed, now=NOW, limit=1)
    assert [(load.state, load.feed) for load in loads] == [("published", "his")] * 2
    assert (ages(loading), states(loading)) == ([60, 61], ["applied", "applied"])
    assert processing.process(feed=feed, now=NOW, limit=1) == []


def test_what_was_corrected_before_its_turn_is_not_brought_in(loading, receive, feed):
    receive(line(1, 年龄="61"), identity="D1")
    receive(line(1, 年龄="62"), identity="D1")
    processing.process(feed=feed, now=NOW, limit=1)
    assert (ages(loading), states(loading)) == ([62], ["superseded", "applied"])


def test_a_content_that_spoils_its_batch_is_found_and_refused_alone(loading, receive, feed, monkeypatch):
    one_header(monkeypatch)
    for number in range(1, 6):
        receive(line(number) if number != 4 else None, content=b"\xff\xfe\x81" if number == 4 else None)
    processing.process(feed=feed, now=NOW, limit=10)
    assert states(loading) == ["applied", "applied", "applied", "refused", "applied"]
    assert len(loading.rows()) == 4
    with loading.scoped():
        assert "编码" in Receipt.objects.get(state="refused").note


def one_header(monkeypatch):
    """Contents of one batch as one file: a header, then the lines of each; what is no text stays as it is."""

    def join(contents, target):
        texts = [path.read_bytes() for path in contents]
        header = texts[0].partition(b"\n")[0] if len(texts) > 1 else b""
        bodies = [text.partition(b"\n")[2] or text for text in texts] if header else texts
        target.write_bytes(b"".join([header + b"\n" if header else b"", *bodies]))

    monkeypatch.setitem(feeds._kinds, "push", feeds.Kind("push", "推送", join=join))


def test_a_damaged_content_is_reported_on_its_receipt_and_the_others_go_on(
    loading, receive, feed, monkeypatch
):
    one_header(monkeypatch)
    receive(line(1))
    broken = receive(line(2))
    receive(line(3))
    with loading.scoped():
        item = broken.raw
        sealed = bytearray(item.sealed)
        sealed[-1] ^= 1
        item.sealed = bytes(sealed)
        item.save(update_fields=["sealed"])
    processing.process(feed=feed, now=NOW, limit=10)
    assert states(loading) == ["applied", "failed", "applied"]
    assert len(loading.rows()) == 2
    with loading.scoped():
        assert "已损坏" in Receipt.objects.get(state="failed").note


def test_a_paused_feed_takes_in_and_brings_nothing_in_until_it_goes_on(loading, receive, feed, turn):
    with loading.scoped():
        Feed.objects.filter(pk=feed.pk).update(state="paused")
    receive(line(1))
    assert (turn(), states(loading)) == ([], ["waiting"])
    with loading.scoped():
        Feed.objects.filter(pk=feed.pk).update(state="active")
        assert list(running.due_feeds(NOW)) == [feed]
    assert [load.state for load in turn()] == ["published"]
    with loading.scoped():
        assert list(running.due_feeds(NOW)) == []


def test_a_feed_that_fails_waits_longer_each_time_says_why_and_stops_in_the_end(
    loading, feed, turn, monkeypatch
):
    def pull(*, feed, now):
        raise feeds.PullFailed("连接不上数据库 HIS。")

    monkeypatch.setitem(feeds._kinds, "push", feeds.Kind("push", "推送", pull=pull))
    waits, now = [], NOW
    for _ in range(10):
        turn(now)
        with loading.scoped():
            found = Feed.objects.get(pk=feed.pk)
        waits.append((found.next_run_at - now) // timedelta(minutes=1))
        now = found.next_run_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]
    assert (found.state, found.failures, found.message) == ("broken", 10, "连接不上数据库 HIS。")


def test_a_success_takes_the_failures_back_and_sets_the_next_run(loading, feed, turn, monkeypatch):
    monkeypatch.setitem(feeds._kinds, "push", feeds.Kind("push", "推送", pull=lambda *, feed, now: None))
    with loading.scoped():
        Feed.objects.filter(pk=feed.pk).update(failures=3, message="x", schedule={"every_minutes": 30})
    turn()
    with loading.scoped():
        found = Feed.objects.get(pk=feed.pk)
    assert (found.failures, found.message, found.last_success_at) == (0, "", NOW)
    assert found.next_run_at - NOW == timedelta(minutes=30)


def test_a_load_whose_processes_keep_dying_is_given_up(loading, receive, feed):
    receive(line(1))
    with loading.scoped():
        load = processing._claim(feed, loading.scope, NOW, 10)
        Load.objects.filter(pk=load.pk).update(state="running", attempts=3)
    [ended] = processing.process(feed=feed, now=NOW, limit=10)
    assert (ended.state, "中断了 3 次" in ended.message) == ("failed", True)
    assert loading.rows() == []


def test_a_replay_reads_again_and_the_same_result_changes_nothing(loading, receive, feed):
    receive(line(1))
    processing.process(feed=feed, now=NOW, limit=10)
    before = loading.data_version()
    with loading.scoped():
        assert replaying.replay(feed, by=None, now=NOW) == 1
    [load] = processing.process(feed=feed, now=NOW, limit=10)
    assert load.state in ("published", "unchanged")  # the live store took it in; the facts stay as they were
    assert (loading.data_version(), states(loading)) == (before, ["applied"])


def test_a_replayed_file_is_followed_by_the_later_files_of_the_same_months(loading, tmp_path):
    from tests.loads import write_csv

    loading.load(write_csv(tmp_path / "a.csv", [line(1), line(2)]))
    loading.load(write_csv(tmp_path / "b.csv", [line(1, 年龄="61")]))
    loading.load(
        write_csv(
            tmp_path / "c.csv", [line(3, 入院时间="2026-10-01 08:00:00", 出院时间="2026-10-03 08:00:00")]
        )
    )
    with loading.scoped():
        files = Feed.objects.get(code="files")
        first = Receipt.objects.get(seq=1)
        assert replaying.replay(files, by=None, now=NOW, receipt=first) == 2
    ended = processing.finish_all(loading.scope, now=NOW)
    assert [load.source_name for load in ended] == ["a.csv", "b.csv"]
    assert ages(loading) == [60, 60, 61]
    with loading.scoped():
        assert files.last_success_at is not None or Feed.objects.get(code="files").last_success_at is not None


def test_nothing_to_replay_is_said(loading, feed):
    from django.core.exceptions import ValidationError

    with loading.scoped(), pytest.raises(ValidationError, match="没有可以重新读入"):
        replaying.replay(feed, by=None, now=NOW)


def test_raw_input_of_a_file_is_not_in_clear_on_disk(loading, tmp_path, settings):
    from tests.loads import write_csv

    settings.RAW_FOLDER = tmp_path / "raw"
    path = write_csv(tmp_path / "a.csv", [line(n, 姓名="欧阳诗涵") for n in range(900)])
    loading.load(path)
    [kept] = [p for p in (tmp_path / "raw").rglob("*") if p.is_file() and p.name != ".lock"]
    assert "欧阳诗涵".encode() not in kept.read_bytes()
    with loading.scoped():
        receipt = Receipt.objects.select_related("raw").get()
        assert raw.stream_for_job(receipt.raw).read() == path.read_bytes()


def test_an_upload_that_an_earlier_release_left_in_its_inbox_is_kept_and_loaded(loading, settings):
    from zhikong.hospital.functions.datasources import actions

    with loading.scoped():
        load = Load.objects.create(
            institution_id=loading.id, source_name="旧.csv", mapping="front_page", started_at=NOW
        )
    path = settings.ZHIKONG_HOME / "inbox" / str(loading.id) / f"{load.pk}.upload"
    path.parent.mkdir(parents=True)
    path.write_bytes(page(line(1)))
    done = actions.load_upload(load_id=load.pk, scope=loading.scope, now=NOW)
    assert (done.state, done.feed, path.exists(), states(loading)) == (
        "published",
        "files",
        False,
        ["applied"],
    )


def test_a_load_that_waits_for_a_day_without_kept_input_is_said_to_be_interrupted(loading):
    with loading.scoped():
        for hours in (23, 25):
            Load.objects.create(
                institution_id=loading.id,
                source_name=str(hours),
                mapping="front_page",
                started_at=NOW - timedelta(hours=hours),
            )
        assert processing.give_up_lost(now=NOW) == 1
        assert set(Load.objects.values_list("source_name", "state")) == {
            ("23", "waiting"),
            ("25", "interrupted"),
        }
