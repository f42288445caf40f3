"""通知设置, 我发出的, 消息通道: what one chooses, who has read, and what the administrator sets and tests."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from zhikong.foundation.notices import actions
from zhikong.foundation.notices.models import (
    Channel,
    HouseRules,
    KindPolicy,
    Message,
    PersonRules,
    Preference,
)

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SETTINGS = {"server": "mail.h.cn", "port": 465, "tls": "ssl", "sender": "z@h.cn", "password": "geheim-7"}


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def admin(as_role):
    return as_role("administrator")


@pytest.fixture
def mail(admin):
    return actions.save_channel(by=admin.user, now=NOW, kind="email", title="全院邮件", values=SETTINGS)


def test_without_ways_the_page_says_so(head):
    assert "目前只在系统内通知" in text(head.get("/notices/settings/"))


@pytest.mark.proves("F-06")
def test_one_chooses_by_kind_and_way(head, mail):
    page = text(head.get("/notices/settings/"))
    assert "问题整改 · 电子邮件" in page
    answer = head.post(
        "/notices/settings/",
        {
            "address-email": "li@h.cn",
            "quiet_from": "20:00",
            "quiet_to": "08:00",
            "wish-finding-email": "off",
            "wish-task-email": "at_once",
        },
    )
    assert answer.status_code == 302
    rules = PersonRules.objects.get(user=head.user)
    assert (rules.addresses, str(rules.quiet_from)) == ({"email": "li@h.cn"}, "20:00:00")
    assert dict(Preference.objects.values_list("kind", "how")) == {"finding": "off", "task": "at_once"}


def test_what_is_mandatory_cannot_be_switched_off(head, mail):
    page = head.post("/notices/settings/", {"wish-task-email": "off"})
    assert page.status_code == 200
    assert not Preference.objects.exists()
    assert "不可关闭" in text(page)


@pytest.mark.parametrize("given", [{"quiet_from": "20:00"}, {"address-email": "no mail"}])
def test_half_a_wish_is_explained(head, mail, given):
    assert 'role="alert"' in text(head.post("/notices/settings/", given))
    assert not PersonRules.objects.exists()


def test_the_sender_sees_who_has_read_and_reminds_the_others(head, office, as_role, hospital):
    nurse = as_role("head_nurse", hospital.departments["CARD"], name="赵敏")
    notice = actions.send(by=office.user, now=NOW, title="请阅十月简报", users=[head.user, nurse.user])
    head.get(f"/notices/{notice.pk}/")
    assert "2 人中 1 人已读" in text(office.get("/notices/sent/"))
    page = text(office.get(f"/notices/{notice.pk}/"))
    assert "催阅未读的人" in page
    assert "催阅未读的人" not in text(head.get(f"/notices/{notice.pk}/"))
    assert "已催阅 1 人" in text(office.post(f"/notices/{notice.pk}/remind/", follow=True))
    assert "催阅" in text(nurse.get("/notices/"))
    assert head.post(f"/notices/{notice.pk}/remind/").status_code == 404


def test_the_administrator_sets_a_channel_and_sends_a_test(admin):
    empty = text(admin.get("/notices/channels/"))
    assert "还没有通道" in empty
    given = {f"set-{name}": value for name, value in SETTINGS.items()}
    answer = admin.post(
        "/notices/channels/new/email/", {"title": "全院邮件", "enabled": "on", **given}, follow=True
    )
    assert "全院邮件" in text(answer)
    channel = Channel.objects.get()
    assert "geheim-7" not in text(admin.get(f"/notices/channels/{channel.pk}/"))
    tested = admin.post(
        f"/notices/channels/{channel.pk}/test/", {f"c{channel.pk}-address": "a@h.cn"}, follow=True
    )
    assert "测试消息" in text(tested)
    assert Message.objects.get().address == "a@h.cn"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notices.push'")
        assert cursor.fetchone() == (1,)


def test_a_channel_that_is_incomplete_says_what_is_missing(admin):
    page = text(admin.post("/notices/channels/new/wecom_robot/", {"title": "群"}))
    assert "必填" in page
    assert not Channel.objects.exists()
    assert admin.get("/notices/channels/new/pigeon/").status_code == 404


def test_a_robots_page_asks_for_department_and_kinds_and_shows_its_limits(admin):
    page = text(admin.get("/notices/channels/new/dingtalk_robot/"))
    for word in ("哪个科室的群", "发送哪些类别", "20 / 分钟"):
        assert word in page


def test_times_and_kinds_are_the_hospitals(admin):
    times = {"base_url": "http://zhikong:8000", "digest_at": "08:00", "quiet_from": "", "quiet_to": ""}
    assert admin.post("/notices/channels/times/", times).status_code == 302
    assert HouseRules.objects.get().quiet_from is None
    bad = admin.post("/notices/channels/times/", {**times, "base_url": "zhikong"})
    assert "http://" in text(bad)
    admin.post("/notices/channels/kinds/", {"finding-urgent": "on", "finding-outside": "on"})
    assert KindPolicy.objects.get(kind="finding").urgent
    assert not KindPolicy.objects.get(kind="alert").outside


@pytest.mark.parametrize("address", ["", "times/", "kinds/", "new/email/"])
def test_others_are_refused(head, address):
    assert head.get(f"/notices/channels/{address}").status_code == 403
