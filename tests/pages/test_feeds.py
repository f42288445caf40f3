"""Feeds: the list and a feed's page, setting one up, stopping it, reading again, raw input; each refused to others."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.urls import reverse

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.RAW_FOLDER = tmp_path / "raw"


@pytest.fixture
def feed(hospital):
    from zhikong.hospital.functions.datasources.models import Feed

    return Feed.objects.create(
        institution_id=hospital.id,
        code="lis",
        title="检验系统 LIS",
        kind="push",
        mapping="front_page",
        settings={"complete": True},
        created_at=NOW,
        last_success_at=NOW,
    )


@pytest.fixture
def receipt(feed):
    from zhikong.hospital.functions.datasources.receiving import receive

    made = receive(feed=feed, now=NOW, content="姓名,王小明".encode(), identity="LIS|1", note="检验结果")
    made.state = "applied"
    made.save(update_fields=["state"])
    return made


class PushForm(forms.Form):
    """Settings of a kind in tests: an address, and a token that is kept sealed."""

    address = forms.CharField(label="地址")
    token = forms.CharField(label="口令", required=False)
    secrets = ("token",)


@pytest.fixture
def fetching(monkeypatch):
    """A kind that fetches and has settings of its own."""
    from zhikong.hospital.functions.datasources import feeds

    kind = feeds.Kind("push", "推送接口", settings_form=PushForm, pull=lambda *, feed, now: None)
    monkeypatch.setitem(feeds._kinds, "push", kind)


def url(name, *args):
    return reverse(f"datasources:{name}", args=args)


def test_the_list_says_how_each_feed_fares(as_role, feed, receipt):
    feed.message, feed.failures = "连接不上数据库。", 2
    feed.save()
    page = as_role("quality_office").get(url("list")).content.decode()
    for words in ("检验系统 LIS", "推送接口", "重试中", "连接不上数据库。", "新建来源"):
        assert words in page


def test_a_feed_shows_what_came_by_it_and_can_be_narrowed(as_role, feed, receipt):
    client = as_role("quality_office")
    page = client.get(url("feed", "lis")).content.decode()
    for words in ("LIS|1", "检验结果", "已处理", "重新读入", "来了就处理"):
        assert words in page
    assert "没有符合条件的记录" in client.get(url("feed", "lis"), {"state": "failed"}).content.decode()
    assert client.get(url("feed", "nowhere")).status_code == 404


def test_a_running_load_shows_its_progress(as_role, feed):
    from zhikong.foundation.facts.models import Load

    Load.objects.create(
        institution_id=feed.institution_id,
        source_name="检验系统 LIS",
        mapping="front_page",
        feed="lis",
        state="running",
        stage="读取和核对",
        progress=40,
        started_at=NOW,
    )
    page = as_role("quality_office").get(url("feed", "lis")).content.decode()
    assert '<progress max="100" value="40"' in page
    assert 'hx-trigger="every 3s"' in page


def test_a_feed_is_set_up_changed_and_its_secret_is_kept_sealed(as_role, hospital, fetching):
    from zhikong.hospital.functions.datasources import feeds
    from zhikong.hospital.functions.datasources.models import Feed

    client = as_role("quality_office")
    assert "推送接口" in client.get(url("feed_new")).content.decode()
    given = {
        "title": "影像系统",
        "code": "ris",
        "mapping": "front_page",
        "rhythm": "daily",
        "daily_at": "02:30",
        "weekdays": ["0", "2"],
        "retention_days": "180",
        "own-address": "10.1.2.3",
        "own-token": "geheim",
    }
    answer = client.post(url("feed_new") + "?kind=push", given)
    assert answer.url == url("feed", "ris")
    made = Feed.objects.get(code="ris")
    assert (made.settings, made.retention_days) == ({"address": "10.1.2.3"}, 180)
    assert made.schedule == {"daily_at": "02:30", "weekdays": [0, 2]}
    assert made.next_run_at > NOW - timedelta(days=365)
    assert b"geheim" not in bytes(made.secret)
    assert feeds.secret_of(made) == {"token": "geheim"}

    answer = client.post(url("feed_change", "ris"), {**given, "title": "影像", "own-token": ""})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.title, feeds.secret_of(made)) == ("影像", {"token": "geheim"})  # an empty field keeps it
    assert "geheim" not in client.get(url("feed_change", "ris")).content.decode()

    again = client.post(url("feed_new") + "?kind=push", given)
    assert again.status_code == 422
    assert "已经用过" in again.content.decode()
    lacking = client.post(
        url("feed_new") + "?kind=push", {**given, "code": "x", "daily_at": "", "own-address": ""}
    )
    assert "请填写每天运行的时刻" in lacking.content.decode()


def test_pause_resume_and_run_now(as_role, feed, fetching):
    from procrastinate.contrib.django.models import ProcrastinateJob

    client = as_role("quality_office")
    client.post(url("feed_act", "lis", "pause"))
    feed.refresh_from_db()
    assert feed.state == "paused"
    page = client.post(url("feed_act", "lis", "run"), follow=True).content.decode()
    assert "请先恢复" in page
    client.post(url("feed_act", "lis", "resume"))
    answer = client.post(url("feed_act", "lis", "run"), {"from": "list"})
    assert answer.url == url("list")
    feed.refresh_from_db()
    assert feed.state == "active"
    job = ProcrastinateJob.objects.get(task_name="datasources.turn")
    assert job.args == {"institution_id": feed.institution_id, "feed_id": feed.pk}


def test_a_receipt_or_a_period_is_read_again(as_role, feed, receipt):
    client = as_role("quality_office")
    client.post(url("feed_replay", "lis"), {"receipt": receipt.pk})
    receipt.refresh_from_db()
    assert receipt.state == "waiting"
    page = client.post(url("feed_replay", "lis"), {"since": "2026-11-23"}, follow=True).content.decode()
    assert "没有可以重新读入的原始数据" in page
    page = client.post(url("feed_replay", "lis"), {"since": "2026-11-23", "until": "2026-11-01"}, follow=True)
    assert "结束日期早于开始日期" in page.content.decode()


def test_raw_input_is_for_the_administrator_who_says_what_for(as_role, feed, receipt):
    from zhikong.foundation.audit.models import AuditEvent

    office, administrator = as_role("quality_office"), as_role("administrator")
    assert "只有系统管理员" in office.get(url("raw", receipt.pk)).content.decode()
    assert office.post(url("raw", receipt.pk), {"purpose": "看看"}).status_code == 403
    assert administrator.post(url("raw", receipt.pk), {"purpose": " "}).status_code == 422
    answer = administrator.post(url("raw", receipt.pk), {"purpose": "核对传输错误"})
    assert b"".join(answer.streaming_content).decode() == "姓名,王小明"
    event = AuditEvent.objects.get(subject=f"facts.raw:{receipt.raw_id}")
    assert (event.action, event.after["purpose"]) == ("read", "核对传输错误")


def test_damaged_raw_input_is_said_on_the_page_instead_of_a_broken_file(as_role, feed, receipt):
    sealed = bytearray(receipt.raw.sealed)
    sealed[-1] ^= 1
    receipt.raw.sealed = bytes(sealed)
    receipt.raw.save(update_fields=["sealed"])
    answer = as_role("administrator").post(url("raw", receipt.pk), {"purpose": "核对"})
    assert answer.status_code == 422
    assert "已损坏或被改动" in answer.content.decode()


def test_raw_input_is_put_on_hold_and_released_by_who_may(as_role, feed, receipt):
    office = as_role("quality_office")
    office.post(url("raw_hold", receipt.pk), {"reason": "患者投诉"})
    receipt.raw.refresh_from_db()
    assert receipt.raw.held
    assert "患者投诉" in office.get(url("raw", receipt.pk)).content.decode()
    office.post(url("raw_hold", receipt.pk), {"release": "1"})
    receipt.raw.refresh_from_db()
    assert not receipt.raw.held
    assert as_role("administrator").post(url("raw_hold", receipt.pk), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["feed", "feed_change"])
def test_the_pages_are_refused_to_others(as_role, feed, name):
    assert as_role("physician").get(url(name, "lis")).status_code == 403
    assert as_role("physician").post(url("feed_act", "lis", "pause")).status_code == 403
