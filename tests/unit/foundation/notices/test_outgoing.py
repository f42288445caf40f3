"""From a notice to the outside: wishes, quiet hours, limits, digest, failures; and what never leaves the house."""

from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.notices import actions, kinds, outgoing, queries
from zhikong.foundation.notices.models import Bucket, Channel, Dispatch, Message
from zhikong.foundation.notices.rules import MOST_ATTEMPTS, How

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in the hospital
NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00


@pytest.fixture
def admin(make_user):
    return make_user("administrator")


@pytest.fixture
def head(make_user, hospital):
    return make_user("department_head", hospital.departments["CARD"], name="李建国")


@pytest.fixture
def wecom(admin, service):
    actions.save_house_rules(
        by=admin, now=NOW, base_url="https://z.cn/", digest_at=time(7, 30), quiet_from=time(21, 30), quiet_to=time(7)
    )  # fmt: skip
    values = {"corp": "C", "agent": "7", "secret": "S", "gateway": service.url}
    return actions.save_channel(by=admin, now=NOW, kind="wecom_app", title="企业微信", values=values)


@pytest.fixture
def group(admin, service, hospital):
    values = {"token": "T", "sign": "SEC", "gateway": service.url}
    return actions.save_channel(
        by=admin, now=NOW, kind="dingtalk_robot", title="心内科群", values=values, announced=["finding"],
        department=_department(hospital),
    )  # fmt: skip


def _department(hospital):
    from zhikong.foundation.organisation.models import Department

    return Department.objects.get(pk=hospital.departments["CARD"].id)


def reached(user, **addresses):
    actions.save_person_rules(
        by=user, now=NOW, addresses=addresses or {"wecom_app": "lijg"}, quiet_from=None, quiet_to=None
    )


def tell(user, title="张三 的问题", kind="finding", now=NOW, **more):
    return actions.send(by=None, now=now, title=title, text="患者张三", users=[user], kind=kind, **more)


def push(now=NOW):
    return outgoing.push(nullcontext, now=now)


def test_nothing_is_planned_without_channels_or_addresses(head, admin, service):
    tell(head)
    assert not Dispatch.objects.exists()


def test_nothing_leaves_the_training_site(wecom, head, service, settings):
    reached(head)
    tell(head, kind="escalation")
    settings.TRAINING = True
    push()
    assert not service.seen
    assert "不发出任何消息" in Message.objects.get().last_error
    settings.TRAINING = False
    push(NOW + timedelta(hours=1))
    assert service.seen


@pytest.mark.proves("F-06")
def test_outside_the_house_only_category_and_link(wecom, head, service):
    reached(head)
    notice = tell(head)
    assert push() == 1
    card = service.seen[-1]["body"]["textcard"]
    message = Message.objects.get()
    assert card["title"] == "【质控】问题整改：您有 1 条新通知"
    assert card["url"] == f"https://z.cn/notices/{notice.pk}/?m={message.key.hex}"
    assert "张三" not in str(service.seen)
    assert message.sent_at == NOW
    assert push() == 0


def test_without_an_address_of_the_house_there_is_no_link(wecom, head, service, admin):
    actions.save_house_rules(
        by=admin, now=NOW, base_url="", digest_at=time(7, 30), quiet_from=None, quiet_to=None
    )
    reached(head)
    tell(head)
    push()
    assert service.seen[-1]["body"]["text"]["content"].endswith("请登录质控系统查看。")


def tell_of_incident(user, *, now=NOW):
    """As the incidents' door sends it: the database takes no other words."""
    return actions.send(
        by=None, now=now, users=[user], title="不良事件办理", url="/incidents/a/", kind="incident",
        source_kind="incident", source_key="abcdef12",
    )  # fmt: skip


def test_a_kind_that_stays_in_the_house_stays(wecom, head, admin):
    actions.decide_kind(by=admin, now=NOW, kind="incident", urgent=True, mandatory=True, outside=False)
    reached(head)
    tell_of_incident(head)
    assert not Dispatch.objects.exists()


def test_quiet_hours_hold_back_and_urgent_kinds_break_through(wecom, head):
    reached(head)
    tell(head, now=NIGHT)
    tell_of_incident(head, now=NIGHT)
    assert push(NIGHT) == 1
    assert Dispatch.objects.get(message=None).due_at == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert push(NIGHT + timedelta(hours=8)) == 1


def test_ones_own_quiet_hours_replace_the_hospitals(wecom, head):
    actions.save_person_rules(
        by=head, now=NOW, addresses={"wecom_app": "l"}, quiet_from=time(9), quiet_to=time(11)
    )
    tell(head)
    tell(head, now=NIGHT)
    day, night = Dispatch.objects.order_by("pk")
    assert day.due_at == NOW + timedelta(hours=1)
    assert night.due_at == NIGHT


def test_the_digest_groups_by_function_and_comes_once(wecom, head, service):
    reached(head)
    wish = {("finding", "wecom_app"): How.DIGEST, ("task", "wecom_app"): How.DIGEST}
    actions.save_preferences(by=head, now=NOW, wishes=wish)
    for number in range(3):
        tell(head, title=f"问题 {number}")
    tell(head, kind="task")
    assert push() == 0
    assert push(NOW + timedelta(days=1)) == 1
    card = service.seen[-1]["body"]["textcard"]
    assert card["title"] == "【质控】您有 4 条新通知"
    assert card["description"] == "待办事项 1 条\n问题整改 3 条"


def test_switching_off_works_only_for_what_is_not_mandatory(wecom, head):
    reached(head)
    actions.save_preferences(by=head, now=NOW, wishes={("finding", "wecom_app"): How.OFF})
    tell(head)
    assert not Dispatch.objects.exists()
    with pytest.raises(ValidationError, match="不能关闭"):
        actions.save_preferences(by=head, now=NOW, wishes={("task", "wecom_app"): How.OFF})


def test_a_departments_group_hears_what_is_addressed_to_the_department(group, head, hospital, service):
    tell(head)
    tell(head, departments=[hospital.departments["GSUR"].id])
    tell(head, departments=[hospital.departments["CARD"].id], kind="brief")
    assert not Dispatch.objects.exists()
    tell(head, departments=[hospital.departments["CARD"].id])
    assert push() == 1
    assert service.seen[0]["body"]["markdown"]["title"] == "【质控】问题整改：您有 1 条新通知"


@pytest.mark.proves("F-06")
def test_what_exceeds_the_limit_is_merged_and_never_dropped(group, head, hospital, service):
    card = hospital.departments["CARD"].id
    told = []
    for minute in range(60):
        told.append(tell(head, departments=[card], now=NOW + timedelta(seconds=minute)).pk)
        push(NOW + timedelta(seconds=minute))
    assert len(service.seen) <= 20  # DingTalk takes 20 a minute
    push(NOW + timedelta(minutes=5))
    assert not Dispatch.objects.filter(message=None).exists()
    announced = Dispatch.objects.filter(message__sent_at__isnull=False).values_list("notice_id", flat=True)
    assert sorted(announced) == sorted(told)
    assert any("条新通知" in call["body"]["markdown"]["title"] for call in service.seen)


def test_a_failure_is_tried_again_with_the_same_key_and_then_given_up(wecom, head, service, admin):
    reached(head)
    tell(head)
    service.answers[:] = [(500, {}, {})]
    now = NOW
    for _ in range(MOST_ATTEMPTS + 2):
        push(now)
        now += timedelta(hours=1, minutes=1)
    message = Message.objects.get()
    assert (message.attempts, message.sent_at) == (MOST_ATTEMPTS, None)
    assert list(queries.given_up()) == [message]
    assert "HTTP 500" in Channel.objects.get().last_error
    service.answers[:] = [(200, {}, {"errcode": 0, "access_token": "T0"})]
    actions.retry_message(by=admin, now=now, message=message)
    assert push(now) == 1
    keys = {call["key"] for call in service.seen if call["key"]}
    assert keys == {str(message.key)}
    assert Channel.objects.get().last_error == ""


def test_a_pause_that_the_service_asked_for_is_kept(group, head, hospital, service):
    service.answers[:] = [(200, {}, {"errcode": 130101}), (200, {}, {"errcode": 0})]
    tell(head, departments=[hospital.departments["CARD"].id])
    push()
    assert push(NOW + timedelta(minutes=9)) == 0
    assert push(NOW + timedelta(minutes=10)) == 1


def test_a_stopped_channel_keeps_what_waits(wecom, head, admin):
    reached(head)
    tell(head)
    actions.switch_channel(by=admin, now=NOW, channel=wecom, enabled=False)
    assert push() == 0
    actions.switch_channel(by=admin, now=NOW, channel=wecom, enabled=True)
    assert push() == 1


def test_a_secret_is_sealed_kept_when_left_empty_and_opens_only_here(wecom, admin, settings, head, service):
    stored = Channel.objects.get()
    assert bytes(stored.sealed) != b"S"
    assert "secret" not in stored.config
    values = {"corp": "C2", "agent": "7", "secret": "", "gateway": service.url}
    actions.save_channel(by=admin, now=NOW, channel=stored, title="改名", values=values)
    reached(head)
    tell(head)
    assert push() == 1
    assert "corpsecret=S" in service.seen[0]["path"]
    settings.CHANNEL_SECRET = "another installation"
    tell(head)
    assert push() == 0
    assert "重新填写" in Channel.objects.get().last_error


def test_a_channel_that_lacks_something_says_what(admin):
    with pytest.raises(ValidationError, match="应用 Secret"):
        actions.save_channel(
            by=admin, now=NOW, kind="wecom_app", title="x", values={"corp": "C", "agent": "1"}
        )


def test_only_the_administrator_touches_channels(wecom, head):
    for act in (
        lambda: actions.send_test(by=head, now=NOW, channel=wecom, address="x"),
        lambda: actions.switch_channel(by=head, now=NOW, channel=wecom, enabled=False),
        lambda: actions.decide_kind(by=head, now=NOW, kind="task", urgent=True, mandatory=True, outside=True),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_test_message_goes_to_the_given_address(wecom, admin, service):
    actions.send_test(by=admin, now=NOW, channel=wecom, address="admin1")
    assert push() == 1
    assert service.seen[-1]["body"]["touser"] == "admin1"


def test_a_mail_address_of_the_account_counts_until_one_says_otherwise(admin, head, service):
    values = {"server": "127.0.0.1", "port": 1, "tls": "", "sender": "z@h.cn"}
    actions.save_channel(by=admin, now=NOW, kind="email", title="邮件", values=values)
    head.email = "li@h.cn"
    head.save()
    tell(head)
    assert Dispatch.objects.count() == 1
    reached(head, wecom_app="x")
    tell(head)
    assert Dispatch.objects.count() == 1


def test_reminding_reaches_who_has_not_read_once_a_day(wecom, head, make_user, hospital):
    office = make_user("quality_office")
    other = make_user("head_nurse", hospital.departments["CARD"])
    reached(head)
    notice = actions.send(by=office, now=NOW, title="请阅", users=[head, other], kind="brief")
    actions.mark_read(queries.inbox(user=other).get(), by=other, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.remind_unread(notice, by=head, now=NOW)
    assert actions.remind_unread(notice, by=office, now=NOW) == 1
    with pytest.raises(ValidationError, match="今天已经催过"):
        actions.remind_unread(notice, by=office, now=NOW + timedelta(hours=1))
    assert Dispatch.objects.filter(user=head).count() == 2
    assert queries.inbox(user=head).first().urged


def test_several_workers_share_one_bucket(group):
    taken = [outgoing.take_token(group, "", now=NOW) for _ in range(15)]
    assert taken.count(True) == 10
    assert Bucket.objects.get().tokens < 1


def test_every_kind_has_words_for_the_outside():
    for kind in kinds.all_kinds():
        assert str(kind.category)


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="finding"):
        kinds.register(kinds.NoticeKind("finding", "另一个", "另一个"))
    assert kinds.kind("nobody registered this").code == "general"


def test_the_sources_kind_is_taken_when_none_is_given(head):
    assert actions.send(by=None, now=NOW, title="x", users=[head], source_kind="task").kind == "task"
    assert actions.send(by=None, now=NOW, title="x", users=[head], source_kind="odd").kind == "general"
