"""The door from incidents to the foundation: constant words, opaque keys, nobody's name; the database refuses more."""

import itertools
import json
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey
from PIL import Image

from zhikong.foundation.access.scope import current_scope, scoped
from zhikong.foundation.files.models import File
from zhikong.foundation.findings import models as finding_models
from zhikong.foundation.findings import sealed
from zhikong.foundation.findings.models import Finding, FindingStep, sealing
from zhikong.foundation.notices.models import Notice, Receipt
from zhikong.foundation.opaque import DUE_REASON, TITLES
from zhikong.foundation.tasks.actions import moving
from zhikong.foundation.tasks.models import Task, TaskEvent
from zhikong.hospital.functions.incidents import neutral

NOW = datetime(2026, 11, 23, 2, 17, 42, tzinfo=UTC)
DUE = date(2026, 12, 7)
SECRET = "把氯化钾当生理盐水推注"  # what an incident says
URL = "/incidents/cases/7Q4Z/"


@pytest.fixture
def people(hospital, make_user):
    from types import SimpleNamespace

    card = hospital.departments["CARD"]
    return SimpleNamespace(
        card=card.id,
        reporter=make_user("nurse", card, name="陈晓红"),
        office=make_user("quality_office", name="王敏"),
        other_office=make_user("quality_office", name="赵强"),
        head=make_user("department_head", card, name="李建国"),
    )


@pytest.fixture
def as_reporter(hospital, people):
    """The scope of the reporter's own request, as the middleware sets it."""
    scope = hospital.scope(
        departments=frozenset({people.card}), user_id=people.reporter.pk, actor="陈晓红", request_id="req-778"
    )
    with scoped(scope):
        yield people.reporter


def trail(since=0):
    """Everything that the audit trail wrote, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(e)::text FROM audit_auditevent e WHERE e.id > %s ORDER BY e.id", [since]
        )
        return [row[0] for row in cursor.fetchall()]


def mark():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM audit_auditevent")
        return cursor.fetchone()[0]


# ---- task


def test_a_task_names_nobody_but_who_has_it(people, as_reporter):
    made = neutral.task(
        by=people.reporter, now=NOW, owner=people.office, due_on=DUE, url=URL, key=neutral.new_key()
    )
    with neutral.nobody():
        kept = Task.objects.get(pk=made.pk)
    assert (kept.title, kept.due_reason, kept.created_by, kept.owner) == (
        "不良事件办理", DUE_REASON, None, people.office,
    )  # fmt: skip
    assert kept.created_at == datetime(2026, 11, 23, 2, tzinfo=UTC)  # the hour, not the reporter's second


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", SECRET), ("due_reason", SECRET), ("url", f"/incidents/?q={SECRET}"), ("url", "/findings/3/"),
        ("source_key", "错药 5 床"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_task_with_words(people, as_reporter, field, value):
    made = neutral.task(by=None, now=NOW, owner=people.office, due_on=DUE, url=URL, key=neutral.new_key())
    refused = pytest.raises(IntegrityError, match="task_of_incident_is_opaque")
    with neutral.nobody(), refused, transaction.atomic():
        Task.objects.filter(pk=made.pk).update(**{field: value})


def test_the_database_refuses_a_task_with_its_giver(people, hospital):
    made = neutral.task(by=None, now=NOW, owner=people.office, due_on=DUE, url=URL, key=neutral.new_key())
    with pytest.raises(IntegrityError, match="task_of_incident_is_opaque"), transaction.atomic():
        Task.objects.filter(pk=made.pk).update(created_by=people.reporter)


def test_a_key_finishes_its_own_tasks_and_says_not_who(people, hospital):
    key, other = neutral.new_key(), neutral.new_key()
    for one in (key, other):
        neutral.task(by=people.head, now=NOW, owner=people.office, due_on=DUE, url=URL, key=one)
    assert neutral.complete_tasks(by=people.head, now=NOW, key=key) == 1
    assert Task.objects.get(source_key=key).done_by is None
    assert Task.objects.get(source_key=other).state == Task.State.OPEN
    assert neutral.cancel_tasks(by=people.head, now=NOW, key=other) == 1


# ---- notice


def test_a_notice_goes_to_the_one_who_acts_as_well(people, as_reporter):
    """The only gap in a list of receivers would be the reporter."""
    sent = neutral.notice(
        by=people.office, now=NOW, url=URL, key=neutral.new_key(), users=[people.office, people.head]
    )
    with neutral.nobody():
        kept = Notice.objects.get(pk=sent.pk)
        readers = set(Receipt.objects.filter(notice=sent).values_list("user_id", flat=True))
    assert readers == {people.office.pk, people.head.pk}
    assert (kept.title, kept.text, kept.sent_by, kept.sent_to) == ("不良事件办理", "", None, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", SECRET), ("text", SECRET), ("url", "/x/"), ("sent_to", "心血管内科"), ("kind", "general")],
)
def test_the_database_refuses_a_notice_with_words(people, hospital, field, value):
    sent = neutral.notice(by=None, now=NOW, url=URL, key=neutral.new_key(), users=[people.head])
    with pytest.raises(IntegrityError, match="notice_of_incident_is_opaque"), transaction.atomic():
        Notice.objects.filter(pk=sent.pk).update(**{field: value})


@pytest.mark.parametrize(
    "url", ["/findings/1/", "/incidents/?text=%E9%94%99", "https://x/incidents/", "/incidents/错药/"]
)
def test_links_lead_into_the_incidents_rooms_only(people, hospital, url):
    with pytest.raises(ValueError, match="own rooms"):
        neutral.notice(by=None, now=NOW, url=url, key=neutral.new_key(), users=[people.head])


def test_keys_are_opaque(people, hospital):
    with pytest.raises(ValueError, match="opaque"):
        neutral.task(by=None, now=NOW, owner=people.office, due_on=DUE, url=URL, key="跌倒-5床-陈晓红")


# ---- finding


def born(people, **more):
    wanted = {"department_id": people.card, "owner_post": "department_head", "due_on": DUE, **more}
    key = neutral.finding(by=people.reporter, now=NOW, **wanted)
    with neutral.nobody():
        return Finding.every.get(source_key=key)


def test_a_finding_holds_department_post_state_and_due_date(people, as_reporter):
    kept = born(people)
    said = {f.attname: getattr(kept, f.attname) for f in Finding._meta.concrete_fields}
    free = {name: said.pop(name) for name in ("id", "number", "source_key", "state", "office")}
    assert {"department_id": people.card, "due_on": DUE}.items() <= said.items()
    assert (free["state"], free["office"]) == ("raised", "department_head")
    assert all(said[name] == value for name, value in sealing.FIXED.items())


def test_every_column_of_a_finding_is_free_shaped_or_fixed():
    """A new column must be put into one of the lists of sealing.py."""
    columns = {f.attname for f in Finding._meta.concrete_fields}
    assert columns == sealing.FREE | set(sealing.SHAPED) | set(sealing.FIXED)


def other_value(field, people):
    if isinstance(field, ForeignKey):
        return people.reporter.pk
    kind = field.get_internal_type()
    return {
        "DateField": DUE, "DateTimeField": NOW, "BooleanField": True, "PositiveSmallIntegerField": 7,
    }.get(kind, SECRET[: field.max_length or None])  # fmt: skip


def test_the_database_refuses_anything_more_of_it(people, hospital):
    kept = born(people)
    fields = {f.attname: f for f in Finding._meta.concrete_fields}
    for column in sorted({*sealing.FIXED, *sealing.SHAPED} - {"source_kind"}):
        statement = f'UPDATE findings_finding SET "{fields[column].column}" = %s WHERE id = %s'
        refused = pytest.raises(IntegrityError, match="check constraint")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [other_value(fields[column], people), kept.pk])
            pytest.fail(f"{column} took what is no constant")


def test_it_does_not_become_an_ordinary_one(people, hospital):
    kept = born(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.every.filter(pk=kept.pk).update(source_kind="manual")


def parts_of_a_finding():
    found = [m for m in vars(finding_models).values() if isinstance(m, type) and hasattr(m, "_meta")]
    return [
        m._meta.db_table
        for m in found
        if m is not Finding and any(f.column == "finding_id" for f in m._meta.concrete_fields)
    ]


def test_no_part_hangs_on_it(people, hospital):
    kept = born(people)
    with pytest.raises(IntegrityError, match="no findings_findingstep"), transaction.atomic():
        FindingStep.objects.create(
            institution_id=hospital.id, department_id=people.card, finding=kept, act="comment", state="raised",
            at=NOW, text=SECRET,
        )  # fmt: skip


def test_every_part_is_guarded(hospital):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'finding_of_incident' AND tgenabled = 'O'"
        )
        assert {row[0] for row in cursor.fetchall()} == set(parts_of_a_finding())


def test_no_page_count_report_or_export_of_findings_sees_it(people, hospital):
    from zhikong.foundation.facts.countable import Wanted
    from zhikong.foundation.findings import countable, month_facts, queries

    born(people)
    assert not Finding.objects.exists()
    assert not queries.findings(today=DUE, show="all").exists()
    assert not list(queries.departments_with_findings())
    wanted = Wanted(key="", first="2026-01", last="2026-12", departments=())
    assert not countable.rows(wanted).rows
    section = month_facts.section(department_id=people.card, month="2026-11", now=NOW)
    assert not section.lines
    assert "未关闭 0 个" in str(section.summary)


def test_closing_is_decided_by_the_incidents(people, hospital, monkeypatch):
    key = born(people).source_key
    monkeypatch.setattr(sealed, "_kinds", [])
    with pytest.raises(ValidationError, match="没有可以判断"):
        neutral.close_finding(by=people.head, now=NOW, key=key)
    stands = ["原因不清楚，不能关闭。"]
    neutral.register_findings(address=lambda key: f"/incidents/{key}/", obstacles=lambda key, now: stands)
    with pytest.raises(ValidationError, match="原因不清楚"):
        neutral.close_finding(by=people.head, now=NOW, key=key)
    neutral.move_finding(by=people.head, now=NOW, key=key, state="accepted", due_on=date(2026, 12, 20))
    stands.clear()
    neutral.close_finding(by=people.head, now=NOW, key=key)
    assert neutral.finding_state(key=key) == "closed"


def test_a_finding_of_a_person_does_not_exist(people, hospital):
    with pytest.raises(ValueError, match="belongs to a post"):
        born(people, owner_post="chen-xiaohong")


# ---- file


def picture(name):
    out = BytesIO()
    image = Image.new("RGB", (40, 30), "white")
    exif = image.getexif()
    exif[0x010F] = "Canary Phone"
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def test_a_file_has_no_name_no_uploader_and_no_link(people, as_reporter):
    before = mark_as_worker()
    kept = neutral.attach_file(by=people.reporter, now=NOW, upload=picture("陈晓红拍的5床.jpg"))
    with neutral.nobody():
        row = File.objects.get(pk=kept.pk)
        story = list(row.events.values_list("text", "by_id"))
        content = b"".join(neutral.file_content(by=None, now=NOW, file_id=kept.pk))
    assert row.name == "附件.jpg"
    assert (row.uploaded_by, row.department_id, row.readers, row.confidential) == (None, None, [], True)
    assert row.received_digest == row.digest  # nobody can match the phone's own copy
    assert b"Canary" not in content
    assert all(by is None and "陈晓红" not in text for text, by in story)
    assert_untold(before, people)


def test_nobody_sees_the_file_through_the_file_store(people, as_reporter):
    kept = neutral.attach_file(by=None, now=NOW, upload=picture("a.jpg"))
    assert not File.objects.filter(pk=kept.pk).exists()
    scope = current_scope()
    office = type(scope)(institution_id=scope.institution_id, departments=None, user_id=people.office.pk)
    with scoped(office):
        assert not File.objects.filter(pk=kept.pk).exists()


# ---- audit


def mark_as_worker():
    with neutral.nobody():
        return mark()


def assert_untold(before, people):
    """Neither the reporter's name, number or request, nor what was told, stands in any audit row since."""
    with neutral.nobody():
        told = trail(before)
    assert told
    for text in told:
        row = json.loads(text)
        assert row.get("user_id") != people.reporter.pk
        for secret in ("陈晓红", "req-778", SECRET):
            assert secret not in text


def test_audit_rows_of_the_door_name_no_reporter_and_no_request(people, as_reporter):
    before = mark_as_worker()
    key = neutral.new_key()
    neutral.task(by=people.reporter, now=NOW, owner=people.office, due_on=DUE, url=URL, key=key)
    neutral.notice(by=people.reporter, now=NOW, url=URL, key=key, users=[people.head])
    neutral.finding(
        by=people.reporter, now=NOW, department_id=people.card, owner_post="head_nurse", due_on=DUE
    )
    assert_untold(before, people)


def test_the_reporters_scope_is_back_afterwards(people, as_reporter):
    with neutral.nobody():
        assert current_scope().user_id is None
    assert (current_scope().user_id, current_scope().request_id) == (people.reporter.pk, "req-778")


def test_words_tell_neither_category_nor_severity():
    hints = ("跌倒", "用药", "输血", "压", "严重", "Ⅰ", "一级", "死亡", "根本原因")
    assert not [pair for pair in itertools.product(TITLES, hints) if pair[1] in pair[0]]


def test_what_people_write_when_they_hand_it_on_is_not_kept(people, hospital):
    task = neutral.task(by=None, now=NOW, owner=people.office, due_on=DUE, url=URL, key=neutral.new_key())
    moving.remind(task, by=people.head, now=NOW, text=SECRET)
    moving.delegate(task, by=people.office, now=NOW, to=people.other_office, reason=SECRET)
    assert not TaskEvent.objects.filter(text__contains=SECRET).exists()
    assert not Notice.objects.filter(text__contains=SECRET).exists()
    assert TaskEvent.objects.filter(task=task).count() == 2
