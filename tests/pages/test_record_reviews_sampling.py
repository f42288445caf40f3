# ruff: noqa: DTZ001 - the facts carry the local wall time
"""Samples, contests, exhibits and training: drawn by rule, read blind, estimated honestly, shown without the person."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from zhikong.engine.tables import arrow_schema

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday
MONTH = "2026-10"
SHEET = "inpatient_record_score"


def stay(n, department, **said):
    left = datetime(2026, 10, 1 + n % 28, 9)
    row = dict(
        stay_id=f"{department}{n:02d}", patient_key=f"p{department}{n}", institution="A", zone="Asia/Shanghai",
        age_years=50, sex="1", days=3, admitted_at=left - timedelta(days=3), discharged_at=left,
        discharge_department=department, admission_department=department, payment="1", admission_route="2",
        discharge_way="1", principal_diagnosis=("I21.900", "I50.900", "I10.x00")[n % 3],
        attending_doctor=f"{department}-D{n % 3}", resident_doctor=f"{department}-R{n % 2}", record_grade="1",
        total_fee=100_000, month=MONTH,
    )  # fmt: skip
    return row | said


STAYS = [stay(n, place) for place in ("CARD", "GSUR") for n in range(12)]
PATHWAYS = [
    dict(
        stay_id=f"CARD{n:02d}",
        code="AMI",
        name="急性心肌梗死",
        month=MONTH,
        entered_at=datetime(2026, 10, 1, 9),
    )
    for n in (3, 7)
]
TEXT = "患者王建国，男，主诉胸痛3天，联系电话13812345678。"


def document(n, department="CARD"):
    at = datetime(2026, 9, 28 + n % 2, 20)
    return dict(
        stay_id=f"{department}{n:02d}", document_id=f"doc{department}{n}", type="34", title="入院记录", written_at=at,
        signed_at=at, created_at=at, author=f"{department}-R0", month=MONTH,
    )  # fmt: skip


def section(n, text=TEXT, department="CARD"):
    return dict(
        stay_id=f"{department}{n:02d}",
        document_id=f"doc{department}{n}",
        seq=1,
        section="现病史",
        text=text,
        month=MONTH,
    )


@pytest.fixture
def facts(hospital, tmp_path, monkeypatch):
    """Two departments of twelve discharges; two of them on a pathway; one admission record with words."""
    from django.utils import timezone

    from zhikong.foundation.facts import actions

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    folder = tmp_path / "delivery"
    folder.mkdir()
    files = {}
    tables = {
        "stays": STAYS,
        "pathways": PATHWAYS,
        "documents": [document(3)],
        "document_sections": [section(3)],
    }
    for table, rows in tables.items():
        files[table] = folder / f"{table}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(table)), files[table])
    actions.publish(by=None, now=NOW, tables=files, folder=folder)
    return hospital


@pytest.fixture
def office(facts, as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def medical(facts, as_role):
    return as_role("medical_affairs", name="赵刚")


@pytest.fixture
def reviewers(facts, make_user):
    """Two without a department, one of each department."""
    places = facts.departments
    return [
        make_user("record_reviewer", name="钱一"),
        make_user("record_reviewer", name="孙二"),
        make_user("qc_officer", places["CARD"], name="李心"),
        make_user("qc_officer", places["GSUR"], name="周外"),
    ]


def plan_of(user, **said):
    from zhikong.hospital.functions.record_reviews.actions.sampling.plans import make_plan

    told = dict(
        title="十月抽查", method="random", first_month=MONTH, per_group=3, second_percent=40, form_id=SHEET
    )
    return make_plan(by=user, now=NOW, **(told | said))


def drawn(user, **said):
    from zhikong.hospital.functions.record_reviews.actions.sampling.drawing import draw

    return draw(plan_of(user, **said), by=user, now=NOW)


def finish(review, points, grade, user=None):
    """A review as its last step leaves it."""
    review.state, review.low, review.high, review.grade = "done", Decimal(points), Decimal(points), grade
    review.finished_at, review.finished_by = NOW, review.reviewer
    review.save()


def reviews(sample, stage=None):
    from zhikong.hospital.functions.record_reviews.models import ReviewAssignment

    found = (
        ReviewAssignment.objects.filter(sample=sample.number)
        .select_related("case", "reviewer")
        .order_by("pk")
    )
    return list(found.filter(stage=stage) if stage else found)


def said(response):
    return [str(message) for message in response.context["messages"]]


# ---- plans and draws -----------------------------------------------------------------------------------------------


@pytest.mark.proves("REC-12", "REC-15", "SYS-11")
def test_a_plan_is_made_looked_at_and_drawn_in_the_browser(office):
    from zhikong.hospital.functions.record_reviews.models import Sample

    told = {
        "title": "十月终末抽查", "frame": "discharged", "method": "quota", "first_month": MONTH, "per_group": 5,
        "total": 30, "diseases": 5, "doctors": "on", "preferred": "on", "refill": "on", "second_percent": 20,
        "due_days": 5, "times_per_month": 0, "form_id": SHEET,
    }  # fmt: skip
    page = office.post(reverse("record_reviews:sample_plan_new"), told, follow=True)
    words = page.content.decode()
    assert "24 份病历" in words
    assert "心血管内科" in words
    assert "I21（4）" in words
    assert "CARD03" not in words  # sizes only: nobody may shop for a seed
    page = office.post(reverse("record_reviews:sample_draw", args=[page.context["plan"].pk]), follow=True)
    sample = Sample.objects.get()
    rows = list(sample.rows.filter(state="drawn"))
    assert len(rows) == 10
    assert sample.frame_size == 24
    assert sample.number == "CY-2026-001"
    assert {row.stay_id for row in rows} >= {"CARD03", "CARD07"}  # pathway cases come first
    assert {row.doctor for row in rows} == {f"{place}-D{n}" for place in ("CARD", "GSUR") for n in range(3)}
    assert "CARD03" in page.content.decode()
    assert "每位医师至少一份" in page.content.decode()
    assert "十月终末抽查" in office.get(reverse("record_reviews:samples")).content.decode()


@pytest.mark.proves("REC-12")
def test_a_draw_can_be_proved_and_a_redraw_needs_a_reason(office, reviewers):
    from zhikong.hospital.functions.record_reviews import rules_sampling as rules
    from zhikong.hospital.functions.record_reviews.actions.sampling.drawing import draw
    from zhikong.hospital.functions.record_reviews.queries.sampling.frames import frame_of

    sample = drawn(office.user)
    frame = frame_of(sample.plan, by=office.user, today=NOW.date())
    assert rules.frame_hash(frame.records) == sample.frame_hash
    again = rules.draw(frame.records, rules.Rule(**sample.rule), sample.seed)
    assert [one.unit.key for one in again.drawn] == list(
        sample.rows.filter(state="drawn").order_by("position").values_list("stay_id", flat=True)
    )
    with pytest.raises(ValidationError, match="已抽取"):
        draw(sample.plan, by=office.user, now=NOW)
    with pytest.raises(ValidationError, match="理由"):
        draw(sample.plan, by=office.user, now=NOW, replaces=sample, reason=" ")
    page = office.post(
        reverse("record_reviews:sample_redraw", args=[sample.pk]), {"reason": "数据更正后重抽"}, follow=True
    )
    sample.refresh_from_db()
    assert sample.state == "cancelled"
    assert page.context["sample"].seed != sample.seed
    assert "数据更正后重抽" in page.content.decode()


def test_a_record_that_cannot_be_read_is_replaced_in_order(office):
    from zhikong.hospital.functions.record_reviews.actions.sampling.drawing import replace_row

    sample = drawn(office.user)
    row = sample.rows.filter(state="drawn").order_by("position").first()
    first = sample.rows.filter(state="reserve", department=row.department).order_by("position").first()
    url = reverse("record_reviews:sample_replace", args=[sample.pk, row.pk])
    page = office.post(url, {"reason": "病历已封存"}, follow=True)
    first.refresh_from_db()
    assert (first.state, first.chance, first.stratum, first.stands_for) == (
        "drawn",
        row.chance,
        row.stratum,
        row,
    )
    assert "病历已封存" in page.content.decode()
    with pytest.raises(ValidationError, match="理由"):
        replace_row(first, by=office.user, now=NOW, reason="")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"first_month": "2026-10", "last_month": "2026-09"}, "早于"),
        ({"times_per_month": 2}, "不定期"),
        ({"frame": "running", "method": "risk", "first_month": ""}, "在院病历"),
    ],
)
def test_plans_that_cannot_work_are_refused(office, told, words):
    with pytest.raises(ValidationError, match=words):
        plan_of(office.user, **told)


def test_an_empty_frame_and_an_ended_plan_draw_nothing(office):
    from zhikong.hospital.functions.record_reviews.actions.sampling.drawing import draw
    from zhikong.hospital.functions.record_reviews.actions.sampling.plans import end_plan

    plan = plan_of(office.user, first_month="2020-01")
    with pytest.raises(ValidationError, match="抽样框是空的"):
        draw(plan, by=office.user, now=NOW)
    assert "没有病历" in office.get(reverse("record_reviews:sample_plan", args=[plan.pk])).content.decode()
    end_plan(plan, by=office.user, now=NOW)
    with pytest.raises(ValidationError, match="停用"):
        draw(plan, by=office.user, now=NOW)


@pytest.mark.proves("REC-12")
def test_unannounced_draws_happen_on_their_days_only_and_once(office, monkeypatch):
    from django.utils import timezone

    from zhikong.hospital.functions.record_reviews.actions.sampling import surprising
    from zhikong.hospital.functions.record_reviews.models import Sample, SamplePlan

    plan = plan_of(office.user, first_month="", times_per_month=2)
    SamplePlan.objects.filter(pk=plan.pk).update(made_at=datetime(2026, 11, 1, 2, tzinfo=UTC))
    plan.refresh_from_db()
    days = surprising.days_of(plan, 2026, 11)
    assert len(days) == 2
    drawn_on = []
    for number in range(1, 31):
        now = datetime(2026, 11, number, 0, 0, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        for sample in surprising.draw_due(now=now):
            drawn_on.append(date(2026, 11, number))
            Sample.objects.filter(pk=sample.pk).update(state="assigned", assigned_at=now)
    assert drawn_on == days
    assert set(plan.samples.values_list("surprise_on", flat=True)) == set(days)


# ---- who reads, and what the readings say -----------------------------------------------------------------------------


@pytest.mark.proves("SYS-11")
def test_records_are_shared_out_blind_and_never_to_their_own(office, reviewers):
    from zhikong.hospital.functions.record_reviews.actions.sampling.assigning import assign

    sample = drawn(office.user)
    chosen = [str(one.pk) for one in reviewers]
    url = reverse("record_reviews:sample_assign", args=[sample.pk])
    assert "不评 心血管内科" in office.get(url).content.decode()
    page = office.post(url, {"reviewers": chosen}, follow=True)
    given = reviews(sample)
    assert len(given) == 6 + 3  # six records, 40 % of them twice
    places = {"李心": "CARD", "周外": "GSUR"}
    assert all(not one.case.stay_id.startswith(places.get(str(one.reviewer), "-")) for one in given)
    second = [one for one in given if one.stage == "second"]
    assert len(second) == 3
    assert all(one.blind for one in second)
    firsts = {one.pair: one.reviewer_id for one in given if one.stage == "hospital"}
    assert all(firsts[one.pair] != one.reviewer_id for one in second)
    assert page.context["progress"].given == 9
    with pytest.raises(ValidationError, match="已经分派"):
        assign(sample.__class__.objects.get(pk=sample.pk), by=office.user, now=NOW, reviewers=reviewers)


def test_too_few_reviewers_assign_nobody(office, reviewers):
    from zhikong.hospital.functions.record_reviews.actions.sampling.assigning import assign

    sample = drawn(office.user)
    with pytest.raises(ValidationError, match="找不到足够的评审人"):
        assign(sample, by=office.user, now=NOW, reviewers=reviewers[2:3])
    assert reviews(sample) == []


@pytest.mark.proves("SYS-11", "IND-11")
def test_results_give_the_rate_with_its_interval_and_the_agreement(office, reviewers):
    from zhikong.hospital.functions.record_reviews.actions.sampling.assigning import assign

    sample = drawn(office.user)
    assign(sample, by=office.user, now=NOW, reviewers=reviewers)
    url = reverse("record_reviews:sample_results", args=[sample.pk])
    assert "还没有评完的病历" in office.get(url).content.decode()
    for one in reviews(sample, "hospital"):
        finish(one, 95, "甲级")
    (bad, *rest) = reviews(sample, "second")
    finish(bad, 82, "乙级")
    for one in rest:
        finish(one, 94, "甲级")
    page = office.get(url)
    told = page.context["told"]
    assert (told.hospital.rate, told.hospital.population) == (1.0, 24.0)
    assert told.hospital.low < 0.75  # six good records of twenty-four are no proof
    assert told.agreement.pairs == 3
    assert told.agreement.points.largest == 13
    words = page.content.decode()
    assert "100.0%" in words
    assert "等级不同" in words
    assert "只供参考" in words
    row = told.agreement.apart[0].row
    settle = reverse("record_reviews:sample_settle", args=[sample.pk])
    office.post(settle, {"row": row, "item": "history", "outcome": "按第二评扣分"})
    assert sample.rows.get(pk=row).settled.get().outcome == "按第二评扣分"


@pytest.mark.proves("SYS-11")
def test_items_on_which_two_readers_differ_are_named(office, reviewers, facts):
    """Two whole readings on the sheet itself: one takes points from an item that the other finds in order."""
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.patients.models import TreatingDepartment
    from zhikong.hospital.functions.record_reviews.actions.reviewing import finishing, marking
    from zhikong.hospital.functions.record_reviews.actions.sampling.assigning import assign

    TreatingDepartment.objects.bulk_create(
        TreatingDepartment(
            institution_id=facts.id, patient_key=f"pCARD{n}", department_id=facts.departments["CARD"].id
        )
        for n in range(12)
    )
    sample = drawn(office.user, per_group=1, departments=["CARD"], second_percent=100)
    assign(sample, by=office.user, now=NOW, reviewers=reviewers[:2])
    for review, points in zip(reviews(sample), ("1", ""), strict=True):
        with scoped(scope_of(review.reviewer, NOW.date())):
            begun = marking.begin(review, by=review.reviewer, now=NOW)
            if points:
                told = dict(item="first_note_defects", points=Decimal(points), text="鉴别诊断只列病名")
                marking.mark(begun, by=review.reviewer, now=NOW, **told)
            marking.settle_rest(begun, by=review.reviewer, now=NOW, unknown=())
            finishing.finish(begun, by=review.reviewer, now=NOW)
    page = office.get(reverse("record_reviews:sample_results", args=[sample.pk]))
    ((title, line, _why),) = page.context["items"]
    assert title.startswith("首次病程记录：")
    assert (line.item, line.lost.pairs, line.lost.observed, line.apart) == ("first_note_defects", 1, 0.0, 1.0)
    ((_one, _row, items),) = page.context["apart"]
    assert [(item, a, b) for _title, item, a, b, _agreed in items] == [("first_note_defects", 1, 0)]


@pytest.mark.proves("REC-12", "REC-18")
def test_running_records_get_the_theme_s_check_sheet(office, reviewers):
    from zhikong.foundation.forms.models import Sheet
    from zhikong.foundation.patients.models import Stay
    from zhikong.foundation.tasks.models import Task

    card = office.user.institution_id and reviewers[2].role_assignments.get().department_id
    Stay.objects.bulk_create(
        Stay(institution_id=office.user.institution_id, stay_id=f"r{n}", patient_key=f"k{n}", department_id=card,
             admitted_at=NOW, attending_doctor="D1", updated_at=NOW)
        for n in range(5)
    )  # fmt: skip
    sample = drawn(office.user, frame="running", first_month="", second_percent=0, form_id="theme_talks")
    page = office.post(
        reverse("record_reviews:sample_assign", args=[sample.pk]),
        {"reviewers": [reviewers[0].pk]},
        follow=True,
    )
    sheets = Sheet.objects.filter(source_kind="record_sample")
    assert sheets.count() == 3
    assert {one.definition_id for one in sheets} == {"theme_talks"}
    assert {one.answers["stay_number"] for one in sheets} <= {f"r{n}" for n in range(5)}
    assert Task.objects.filter(owner=reviewers[0], source_kind="record_sample").count() == 3
    assert page.context["progress"].given == 3


# ---- too good -----------------------------------------------------------------------------------------------------------


def test_too_good_asks_and_accuses_nobody(office, reviewers):
    page = office.get(reverse("record_reviews:too_good"))
    words = page.content.decode()
    assert "不是对任何科室或个人的结论" in words
    assert "评分还太少" in words


def test_a_sudden_rise_is_shown_with_its_figures(facts):
    from zhikong.hospital.functions.record_reviews.queries.sampling import watching

    months = [f"2026-{n:02d}" for n in range(1, 11)]
    graded = [("CARD", month, "1", 12 if month < "2026-08" else 20) for month in months]
    graded += [("CARD", month, "2", 8) for month in months if month < "2026-08"]
    told = [(1, "department", "x", 95.0), (1, "hospital", "x", 88.0)]
    original = watching.record_frames.grades_by_month
    watching.record_frames.grades_by_month = lambda *a, **k: graded
    try:
        (line,) = watching.sudden_lines(months, told, {1: "CARD"}, by=None)
    finally:
        watching.record_frames.grades_by_month = original
    assert line.asks
    assert line.month == "2026-08"
    assert line.found.perfect
    assert (line.own_minus_hospital, line.both) == (7.0, 1)


def test_signing_minutes_are_of_the_limit_of_twenty_four_hours(facts):
    from zhikong.foundation.facts.record_frames import grades_by_month, signing_minutes

    left = datetime(2026, 10, 4, 9)
    admitted = left - timedelta(days=3)
    signed = datetime(2026, 9, 29, 20)
    assert signed < admitted  # signed before admission counts nowhere as late: it is within the day
    ((place, kind, minutes),) = signing_minutes([MONTH], by=None, purpose="test")
    assert (place, kind) == ("CARD", "34")
    assert minutes == 24 * 60 - int((signed - admitted).total_seconds() // 60)
    assert grades_by_month([MONTH], by=None, purpose="test") == [
        ("CARD", MONTH, "1", 12),
        ("GSUR", MONTH, "1", 12),
    ]


# ---- contest ------------------------------------------------------------------------------------------------------------


def contest_of(user, jury, **changes):
    from zhikong.hospital.functions.record_reviews.actions.sampling.contests import make_contest

    told = dict(
        title="病历评比展评", first_month=MONTH, last_month=MONTH, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 30),
        jury=jury, per_record=2, per_department=2, form_id=SHEET,
    )  # fmt: skip
    return make_contest(by=user, now=NOW, **(told | changes))


@pytest.mark.proves("CPT-04", "REC-15")
def test_a_contest_from_drawing_to_objection(office, medical, reviewers, facts, as_role):
    from zhikong.foundation.flows.models import Case
    from zhikong.hospital.functions.record_reviews.actions.sampling import contests as actions

    contest = contest_of(office.user, reviewers)
    given = reviews(contest.sample, "contest")
    assert len(given) == 2 * 2 * 2
    assert all(one.blind for one in given)
    url = reverse("record_reviews:contest", args=[contest.pk])
    act = lambda name: reverse("record_reviews:contest_act", args=[contest.pk, name])  # noqa: E731
    doctor = as_role("physician", facts.departments["CARD"], name="张医")
    assert doctor.get(url).status_code == 404  # not before it is published
    assert "不能排名" in said(office.post(act("rank"), follow=True))[0]
    for one in given:
        finish(one, 96 if one.case.stay_id.startswith("GSUR") else 91, "甲级")
    office.post(act("rank"))
    contest.refresh_from_db()
    assert [(line["department"], line["place"], line["mean"]) for line in contest.ranking] == [
        ("GSUR", 1, 96.0),
        ("CARD", 2, 91.0),
    ]
    with pytest.raises(ValidationError, match="另一位"):
        actions.publish(contest, by=office.user, now=NOW)
    medical.post(act("publish"))
    contest.refresh_from_db()
    assert contest.state == "objection"
    assert contest.objection_until == date(2026, 11, 30)
    page = doctor.get(url)
    assert "普通外科" in page.content.decode()
    assert "CARD0" not in page.content.decode()
    doctor.post(act("object"), {"reason": "心内科第二份病历扣分重复"})
    assert Case.objects.get(flow_id="exhibition_objection").source_key == str(contest.pk)
    with pytest.raises(ValidationError, match="期满"):
        actions.close(contest, by=office.user, now=NOW)
    late = datetime(2026, 12, 1, 2, tzinfo=UTC)
    with pytest.raises(ValidationError, match="异议没有办结"):
        actions.close(contest, by=office.user, now=late)
    with pytest.raises(ValidationError, match="公示期已过"):
        actions.object_to(
            by=doctor.user, now=late, source=actions.SOURCE, key=contest.pk, until=contest.objection_until,
            title="x", reason="来晚了的异议", department_id=None,
        )  # fmt: skip


def test_a_contest_is_announced_in_the_browser(office, reviewers):
    told = {
        "title": "质量月评比", "first_month": MONTH, "last_month": MONTH, "per_department": 1, "starts_on": "2026-11-23",
        "ends_on": "2026-11-30", "per_record": 2, "objection_days": 5, "form_id": SHEET, "jury": [one.pk for one in reviewers],
    }  # fmt: skip
    assert office.get(reverse("record_reviews:contest_new")).status_code == 200
    page = office.post(reverse("record_reviews:contest_new"), told, follow=True)
    assert page.context["contest"].title == "质量月评比"
    assert page.context["progress"].given == 4
    assert "质量月评比" in office.get(reverse("record_reviews:contests")).content.decode()


# ---- exhibits --------------------------------------------------------------------------------------------------------------


def exhibit_of(user, **said):
    from zhikong.hospital.functions.record_reviews.actions.sampling.exhibits import make_exhibit

    return make_exhibit(
        by=user, now=NOW, **(dict(kind="problem", stay_id="CARD03", month=MONTH, title="现病史不完整") | said)
    )


@pytest.mark.proves("REC-29", "REC-32")
def test_an_exhibit_is_made_without_the_person_approved_and_commented(office, medical, facts, as_role):
    page = office.get(reverse("record_reviews:exhibit_new"), {"stay_id": "CARD03"})
    choice = page.context["form"].fields["sections"].choices[0][0]
    told = {"kind": "problem", "title": "现病史不完整", "sections": [choice], "remark": "缺伴随症状"}
    page = office.post(f"{reverse('record_reviews:exhibit_new')}?stay_id=CARD03", told, follow=True)
    one = page.context["one"]
    words = one.parts[0]["text"]
    assert "王建国" not in words
    assert "13812345678" not in words
    assert "胸痛3天" in words
    act = lambda name: reverse("record_reviews:exhibit_act", args=[one.pk, name])  # noqa: E731
    url = reverse("record_reviews:exhibit", args=[one.pk])
    doctor = as_role("physician", facts.departments["GSUR"], name="陈医")
    assert doctor.get(url).status_code == 404
    office.post(act("submit"))
    assert "自己批准" in " ".join(said(office.post(act("approve"), follow=True)))
    assert medical.get(url).status_code == 200
    medical.post(act("approve"))
    page = doctor.get(url)
    assert "胸痛3天" in page.content.decode()
    assert "心血管内科" not in page.content.decode()
    assert "CARD03" not in page.content.decode()
    doctor.post(
        reverse("record_reviews:exhibit_comment", args=[one.pk]), {"text": "应写明胸痛的诱因和缓解方式"}
    )
    assert "诱因和缓解" in doctor.get(url).content.decode()
    refused = doctor.post(
        reverse("record_reviews:exhibit_comment", args=[one.pk]),
        {"text": "写的人电话13812345678"},
        follow=True,
    )
    assert "不点名" in " ".join(said(refused))
    assert "现病史不完整" in doctor.get(reverse("record_reviews:exhibits")).content.decode()


@pytest.mark.proves("REC-29")
def test_nothing_that_identifies_can_be_published(office, medical):
    from zhikong.hospital.functions.record_reviews.actions.sampling import exhibits as actions

    one = exhibit_of(office.user)
    actions.edit(
        one,
        by=office.user,
        title=one.title,
        remark="",
        parts=[{"title": "病程", "text": "患者李小红诉头痛，电话13900001111"}],
    )
    with pytest.raises(ValidationError, match="不能公示") as refused:
        actions.submit(one, by=office.user, now=NOW)
    assert "13900001111" not in str(refused.value)  # it names the kind and the place only
    assert "再次去标识" in office.get(reverse("record_reviews:exhibit", args=[one.pk])).content.decode()
    office.post(reverse("record_reviews:exhibit_act", args=[one.pk, "clear"]))
    one.refresh_from_db()
    actions.submit(one, by=office.user, now=NOW)
    one.parts = [
        {"title": "病程", "text": "身份证号110101199003074578"}
    ]  # somebody reached the row after the check
    one.save()
    with pytest.raises(ValidationError, match="不能公示"):
        actions.approve(one, by=medical.user, now=NOW)
    actions.send_back(one, by=medical.user, now=NOW, reason="还有证件号")
    assert one.state == "draft"


@pytest.mark.proves("REC-29")
def test_the_patient_s_own_name_is_found_without_any_cue(office, monkeypatch):
    """The office may not see names; the check knows them all the same, and tells only that there is one."""
    from types import SimpleNamespace

    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.foundation.patients import queries as patients
    from zhikong.foundation.patients.rules import Identity
    from zhikong.hospital.functions.record_reviews.actions.sampling import exhibits as actions

    # only jobs may write identities, on a connection of their own: the store is stood in for, the reading is real
    envelope = SimpleNamespace(first=lambda: "sealed")
    monkeypatch.setattr(
        patients, "PatientIdentity", SimpleNamespace(objects=SimpleNamespace(filter=lambda **_: envelope))
    )
    monkeypatch.setattr(patients, "_opened", lambda row: Identity(name="欧阳静水", record_number="ZY778899"))
    one = exhibit_of(office.user)
    actions.edit(
        one,
        by=office.user,
        title=one.title,
        remark="",
        parts=[{"title": "病程", "text": "今晨欧阳静水诉头痛减轻"}],
    )
    with pytest.raises(ValidationError, match="有姓名"):
        actions.submit(one, by=office.user, now=NOW)
    assert AuditEvent.objects.filter(
        subject="patients.identity", after__purpose="病历展示前核对是否去除身份信息"
    ).exists()


@pytest.mark.proves("REC-29")
def test_an_accepted_objection_takes_the_exhibit_down(office, medical, facts, as_role):
    from zhikong.foundation.flows import actions as flows
    from zhikong.foundation.flows.facts import CaseClosed
    from zhikong.foundation.flows.models import Case
    from zhikong.hospital.functions.record_reviews.actions.sampling import exhibits as actions
    from zhikong.hospital.functions.record_reviews.reactions_sampling import objection_closed

    one = exhibit_of(office.user)
    actions.submit(one, by=office.user, now=NOW)
    actions.approve(one, by=medical.user, now=NOW)
    doctor = as_role("physician", facts.departments["CARD"], name="张医")
    url = reverse("record_reviews:exhibit_act", args=[one.pk, "object"])
    doctor.post(url, {"reason": "现病史在续页里，已写明"})
    case = Case.objects.get(flow_id="exhibition_objection")
    flows.act(case, by=office.user, now=NOW, transition="accept")
    flows.act(case, by=medical.user, now=NOW, transition="correct", reason="续页确有记录")
    case.refresh_from_db()
    objection_closed(CaseClosed(case.pk, case.flow_id, case.department_id, case.state), now=NOW)
    one.refresh_from_db()
    assert (one.state, one.withdrawn_by) == ("withdrawn", None)
    assert case.number in one.reason
    assert doctor.get(reverse("record_reviews:exhibit", args=[one.pk])).status_code == 404


# ---- training and themes -----------------------------------------------------------------------------------------------------


@pytest.fixture
def doctors(facts):
    """A junior doctor, and one whose record was graded B."""
    from zhikong.foundation.organisation.models import Appointment, Person
    from zhikong.hospital.functions.record_reviews.models import ReviewCase

    found = []
    for number, title in (("CARD-R0", "主治医师"), ("CARD-R9", "住院医师")):
        person = Person.objects.create(
            institution_id=facts.id, staff_number=number, name=f"医{number[-1]}", profession="doctor"
        )
        Appointment.objects.create(
            institution_id=facts.id, person=person, department_id=facts.departments["CARD"].id, post="physician", title=title,
            valid_from=date(2024, 1, 1),
        )  # fmt: skip
        found.append(person)
    ReviewCase.objects.create(
        institution_id=facts.id, stay_id="CARD01", month=MONTH, department_id=facts.departments["CARD"].id,
        discharged_at=NOW, writer="CARD-R0", grade="乙级", archive_due=date(2026, 11, 30), created_at=NOW,
    )  # fmt: skip
    return found


@pytest.mark.proves("REC-31")
def test_doctors_with_problems_walk_along_and_it_is_recorded(office, reviewers, doctors):
    from zhikong.hospital.functions.record_reviews.models import TrainingRound

    page = office.get(reverse("record_reviews:training_new"))
    assert [(one.why, one.person) for one, _place in page.context["candidates"]] == [
        ("problems", doctors[0]),
        ("junior", doctors[1]),
    ]
    assert "1 份低于甲级" in page.content.decode()
    told = {
        "held_on": "2026-11-23",
        "leader": reviewers[0].pk,
        "theme": "谈话制度",
        "person": [one.pk for one in doctors],
    }
    page = office.post(reverse("record_reviews:training_new"), told, follow=True)
    made = TrainingRound.objects.get()
    present, absent = made.seats.order_by("pk")
    url = reverse("record_reviews:training_round", args=[made.pk])
    office.post(url, {f"came_{present.pk}": "1", f"remark_{present.pk}": "能指出缺项", "note": "查了三份"})
    present.refresh_from_db(), absent.refresh_from_db(), made.refresh_from_db()
    assert (present.came, absent.came, made.state) == ("yes", "no", "held")
    assert "能指出缺项" in office.get(url).content.decode()
    page = office.get(reverse("record_reviews:training_new"))
    assert [one.been for one, _place in page.context["candidates"]] == [1, 0]


@pytest.mark.proves("REC-18")
def test_the_month_s_theme_leads_to_its_check_sheet(office):
    page = office.get(reverse("record_reviews:record_themes"))
    assert page.context["now"].month == 11
    words = page.content.decode()
    assert "本月：医德医风与患者满意" in words
    assert "form_id=theme_patient_voice" in words
    start = office.get(
        reverse("record_reviews:sample_plan_new"), {"form_id": "theme_talks", "frame": "running"}
    )
    assert start.context["form"].initial["form_id"] == "theme_talks"


# ---- who may not --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["samples", "sample_plan_new", "too_good", "contest_new", "exhibit_new", "training_new"]
)
def test_others_are_refused(facts, as_role, name):
    doctor = as_role("physician", facts.departments["CARD"])
    assert doctor.get(reverse(f"record_reviews:{name}")).status_code == 403


def test_actions_ask_by_themselves(facts, make_user):
    doctor = make_user("physician", facts.departments["CARD"])
    with pytest.raises(PermissionDenied):
        plan_of(doctor)
    with pytest.raises(PermissionDenied):
        exhibit_of(doctor)
    with pytest.raises(PermissionDenied):
        contest_of(doctor, [])


def test_empty_pages_say_what_to_do_next(hospital, as_role):
    office = as_role("quality_office")
    for name, words in (
        ("samples", "先建一个方案"), ("contests", "还没有评比"), ("exhibits", "展示栏还是空的"), ("training", "还没有安排过"),
    ):  # fmt: skip
        assert words in office.get(reverse(f"record_reviews:{name}")).content.decode()
