"""Pages of learning: rates with beds, what small numbers may not tell, silence, clusters, triggers, the ward's wall."""

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from tests import published_stays
from zhikong.foundation.access.scope import scoped
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.learning import ChangeSource, TriggerReview, WardChange
from zhikong.hospital.functions.incidents.models.reporting import Incident

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
ROLES = ["quality_office", "medical_affairs", "nursing", "department_head", "head_nurse"]


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def beds(hospital, tmp_path, at_noon):
    """Two months of beds of two wards, forty of fifty occupied, and stays with laboratory results."""
    rows = [
        {"institution": "A", "department": code, "day": FIRST + timedelta(days=n), "open_beds": 50, "occupied_beds": 40,
         "month": f"{FIRST + timedelta(days=n):%Y-%m}"}
        for code in ("CARD", "GSUR") for n in range((LAST - FIRST).days + 1)
    ]  # fmt: skip
    results = [
        {"stay_id": f"S2026-10{code}{n}", "item": "GLU", "value": value, "name": "血糖", "kind": "lab",
         "at": datetime(2026, 10, 15, 6, 30), "month": "2026-10", "unit": "mmol/L"}  # noqa: DTZ001
        for code, n, value in (("CARD", 0, 2.1), ("CARD", 1, 5.0), ("GSUR", 0, 1.9), ("GSUR", 1, 2.7))
    ]  # fmt: skip
    published_stays.publish(
        published_stays.stays(), tmp_path, bed_days=rows, results=_full("results", results)
    )


def _full(table, rows):
    from zhikong.engine.tables import arrow_schema

    return [{name: row.get(name) for name in arrow_schema(table).names} for row in rows]


@pytest.fixture
def incident(hospital):
    """incident("CARD", day) → a case on that day of the period."""

    def make(code="CARD", day=0, **changes):
        on = FIRST + timedelta(days=day)
        told = {
            "institution_id": hospital.id, "privacy": "named", "category": "fall", "harm": "C", "level": "III",
            "department_id": hospital.departments[code].id, "occurred_on": on, "shift": "night", "place": "bathroom",
            "reported_at": datetime(on.year, on.month, on.day, 4, tzinfo=UTC), "reader_roles": ROLES,
        } | changes  # fmt: skip
        with neutral.nobody():
            return Incident.objects.create(**told)

    return make


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")


def get(client, name, *args, status=200, **query):
    answer = client.get(reverse(f"incidents:{name}", args=args), query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode() if status == 200 and "html" in answer["Content-Type"] else answer


@pytest.mark.proves("EVT-13", "EVT-16", "IND-18")
def test_rates_stand_on_the_hospitals_own_beds_and_lead_to_the_cases(beds, incident, office):
    made = [incident("CARD", n) for n in range(6)] + [incident("GSUR", 40)]
    page = get(office, "learning", span="3")
    assert "无法计算" in page  # August has no beds, so three months cannot be computed
    incident("GSUR", 41, state="merged")
    found = office.get(reverse("incidents:learning"), {"span": "3", "department": ""}).context["found"]
    assert (found.total, found.bed_days, found.rate) == (7, None, None)
    september = next(one for one in found.months if one.month == "2026-09")
    assert (september.count, september.bed_days) == (6, 2 * 40 * 30)
    assert september.rate == pytest.approx(1000 * 6 / 2400)
    behind = get(office, "learning_cases", of="2026-10", span="3")
    assert made[6].code in behind
    assert made[0].code not in behind


def test_what_is_frequent_by_place_and_department_and_as_excel(beds, incident, office):
    for n in range(6):
        incident("CARD", n, place="bathroom" if n else "ward_room")
    by_place = office.get(reverse("incidents:learning"), {"by": "place"}).context["found"].lines
    assert [(one.name, one.count) for one in by_place] == [("卫生间、浴室", 5), ("病房", 1)]
    by_cause = office.get(reverse("incidents:learning"), {"by": "cause"}).context["found"].lines
    assert [(one.name, one.count) for one in by_cause] == [("还没有分析原因", 6)]
    made = get(office, "learning_export")
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    assert book.sheetnames == ["按月", "类型", "地点", "时段", "科室", "级别", "后果", "原因"]
    assert [cell.value for cell in book["地点"][4]][:2] == ["卫生间、浴室", 5]


@pytest.mark.proves("EVT-01")
def test_a_ward_reads_its_own_cases_and_no_small_number_of_others(beds, incident, head, hospital):
    for n in range(3):
        incident("GSUR", n)
    for n in range(7):
        incident("CARD", n)
    own = head.get(reverse("incidents:learning")).context
    assert own["chosen"].department == hospital.departments["CARD"].id
    assert own["found"].total == 7
    whole = head.get(reverse("incidents:learning"), {"department": "all", "by": "department"}).context[
        "found"
    ]
    shown = {one.name: (one.count, one.linked) for one in whole.lines}
    assert shown[hospital.departments["GSUR"].name] == (None, False)
    assert shown[hospital.departments["CARD"].name] == (7, True)
    assert whole.drawn is None
    assert "您能打开的 7 件" in get(head, "learning_cases", department="all")
    get(head, "learning", department=hospital.departments["GSUR"].id, status=404)
    book = openpyxl.load_workbook(io.BytesIO(get(head, "learning_export", department="all").content))
    rows = {row[0].value: row[1].value for row in book["科室"].iter_rows(min_row=4)}
    assert rows[hospital.departments["GSUR"].name] == "<5"


def test_people_without_the_permission_are_refused(as_role, hospital, beds):
    stranger, nurse = as_role("complaint_officer"), as_role("nurse", hospital.departments["CARD"])
    for name in ("learning", "learning_culture", "learning_clusters", "learning_triggers", "learning_export", "learning_cases"):  # fmt: skip
        get(stranger, name, status=403)
    get(nurse, "learning_triggers", status=403)
    get(nurse, "learning", department="all")
    get(nurse, "changes")


def test_silence_is_named_to_the_office_only(beds, incident, office, head, hospital):
    for n in range(30):
        incident("CARD", n, privacy="anonymous" if n < 10 else "named", harm="A" if n < 15 else "E")
    context = office.get(reverse("incidents:learning_culture")).context["found"]
    lines = {one.name: one for one in context.wards}
    silent = lines[hospital.departments["GSUR"].name]
    assert (silent.reports, silent.expected, silent.silent) == (0, 15.0, True)
    assert context.whole.privacy["anonymous"] == pytest.approx(100 / 3)
    assert context.whole.near_miss == 50.0
    page = get(office, "learning_culture")
    assert "沉默" in page
    told = head.get(reverse("incidents:learning_culture"), {"department": "all"}).context["found"]
    hidden = {one.name: one for one in told.wards}[hospital.departments["GSUR"].name]
    assert (hidden.reports, hidden.p, hidden.silent) == (None, None, False)


@pytest.mark.proves("EVT-13")
def test_a_cluster_is_found_told_once_in_constant_words_and_seen_by_its_ward(
    beds, incident, office, head, as_role, hospital
):
    from zhikong.foundation.notices.models import Notice

    assert "还没有检出过" in get(office, "learning_clusters")
    for n in range(8):
        incident("CARD", 40 + n)
    for n in range(0, 60, 20):
        incident("GSUR", n)
    for _again in range(2):
        assert office.post(reverse("incidents:learning_scan")).status_code == 302
    page = get(office, "learning_clusters")
    assert "可能的聚集" in page
    found = office.get(reverse("incidents:learning_clusters")).context["found"]
    assert [(one.title, one.place, one.count) for one in found.clusters] == [
        ("跌倒、坠床", hospital.departments["CARD"].name, 8)
    ]
    assert found.clusters[0].running is True
    titles = list(Notice.objects.values_list("title", flat=True))
    assert [title for title in titles if "跌倒" in title] == []
    assert len(titles) == 1
    assert len(head.get(reverse("incidents:learning_clusters")).context["found"].clusters) == 1
    other = as_role("department_head", hospital.departments["GSUR"])
    assert other.get(reverse("incidents:learning_clusters")).context["found"].clusters == ()
    assert head.post(reverse("incidents:learning_scan")).status_code == 403


def test_without_beds_nothing_is_searched_and_rates_cannot_be_computed(hospital, incident, office, at_noon):
    incident()
    assert "无法计算" in get(office, "learning", month="2026-10")
    answer = office.post(reverse("incidents:learning_scan"), follow=True)
    assert "不知道各病区的床日数" in answer.content.decode()


def test_triggers_find_candidates_of_ones_own_departments(beds, office, head):
    page = office.get(reverse("incidents:learning_triggers"), {"month": "2026-10"})
    lines = {one.trigger.id: one for one in page.context["lines"]}
    assert lines["glucose_low"].month.candidates == 3
    assert lines["naloxone_given"].reason
    assert "没有数据" in page.content.decode()
    own = head.get(reverse("incidents:learning_triggers"), {"month": "2026-10"}).context["lines"]
    assert {one.trigger.id: one for one in own}["glucose_low"].month.candidates == 1
    told = get(head, "learning_trigger", "glucose_low", month="2026-10")
    assert "1 条线索" in told
    assert "2.1" in told
    get(office, "learning_trigger", "no_such", status=404)


def test_a_verdict_gives_the_yield_and_a_report_begins_with_a_sealed_draft(beds, office, head, hospital):
    from zhikong.hospital.functions.incidents.queries.reporting import drafts

    page = office.get(reverse("incidents:learning_trigger", args=["glucose_low"]), {"month": "2026-10"})
    first, second, third = page.context["page"].object_list
    said = {first: "no_harm", second: "harm", third: "unknown"}
    for candidate, verdict in said.items():
        address = reverse("incidents:learning_judge", args=["glucose_low", candidate.key])
        assert office.post(address, {"month": "2026-10", "verdict": verdict}).status_code == 302
    lines = office.get(reverse("incidents:learning_triggers"), {"month": "2026-10"}).context["lines"]
    found = {one.trigger.id: one for one in lines}["glucose_low"]
    assert (found.month.open, found.month.found, found.all_time.ppv) == (0, 1, 50.0)
    theirs = next(one for one in page.context["page"].object_list if one.department == "GSUR")
    refused = head.post(
        reverse("incidents:learning_judge", args=["glucose_low", theirs.key]),
        {"month": "2026-10", "verdict": "harm"},
    )
    assert refused.status_code == 404
    mine = next(one for one in page.context["page"].object_list if one.department == "CARD")
    answer = head.post(
        reverse("incidents:learning_judge", args=["glucose_low", mine.key]),
        {"month": "2026-10", "verdict": "harm", "report": "1"},
    )
    assert answer["Location"].startswith(reverse("incidents:report") + "?draft=")
    draft = drafts.draft(by=head.user, pk=int(answer["Location"].split("=")[1]))
    assert (draft.fields["category"], draft.fields["department"]) == ("medication", "CARD")
    assert TriggerReview.objects.get(key=mine.key).verdict == "harm"


def test_two_sentences_are_released_for_everybody_without_names(incident, office, as_role, hospital, at_noon):
    case, running = incident("CARD", 3, state="closed"), incident("CARD", 4)
    get(office, "change_new", running.code, status=404)
    assert case.code in get(office, "changes")
    address = reverse("incidents:change_new", args=[case.code])
    said = {"said": "12床夜里去卫生间太暗", "changed": "装了感应地灯", "since": "2026-11-01"}
    assert "写了床号或房号" in office.post(address, said, follow=True).content.decode()
    named = office.post(address, said | {"said": "王敏说卫生间太暗", "checked": "1"}).content.decode()
    assert "文字里有本院人员的姓名：王敏" in named
    assert not WardChange.objects.exists()
    done = office.post(address, said | {"said": "夜里去卫生间的路太暗"}, follow=True)
    assert "已公开" in done.content.decode()
    nurse = as_role("nurse", hospital.departments["GSUR"])
    page = get(nurse, "changes_of", "CARD")
    assert "夜里去卫生间的路太暗" in page
    assert case.code not in page
    assert "撤下" not in page
    poster = get(nurse, "changes_poster", "CARD")
    assert poster.content.startswith(b"%PDF")
    made = WardChange.objects.get()
    assert nurse.post(reverse("incidents:change_withdraw", args=[made.pk])).status_code == 403
    office.post(reverse("incidents:change_withdraw", args=[made.pk]))
    assert "还没有公开的改进" in get(nurse, "changes_of", "CARD")
    assert not ChangeSource.objects.exists()


def test_what_is_public_is_read_without_a_user_and_leads_to_no_incident(
    incident, hospital, make_user, at_noon
):
    from zhikong.hospital.functions.incidents.actions.learning import releasing
    from zhikong.hospital.functions.incidents.queries.learning import changes

    case, office = incident("CARD", 3, state="closed"), make_user("quality_office")
    told = {
        "incident": case,
        "said": "地滑",
        "changed": "换了防滑垫",
        "since": LAST,
        "checked": False,
        "now": NOW,
    }
    releasing.release(by=office, **told)
    with pytest.raises(ValidationError, match="已经公开过"):
        releasing.release(by=office, **told)
    with pytest.raises(PermissionDenied):
        releasing.release(by=make_user("nurse", hospital.departments["CARD"]), **told)
    with scoped(hospital.scope(departments=frozenset(), user_id=None, actor="")):
        [one] = changes.public("CARD")
        assert (one.said, one.changed, one.since) == ("地滑", "换了防滑垫", "2026-10")
        assert not ChangeSource.objects.exists()


def test_home_shows_neutral_counts_to_the_quality_office(beds, incident, office, head):
    incident("CARD", 3, state="closed")
    page = office.get("/").content.decode()
    assert "办结后还没有公开改进" in page
    assert "办结后还没有公开改进" not in head.get("/").content.decode()


def test_pictures_are_drawn_and_closed_to_others(beds, incident, office, head):
    for n in range(8):
        incident("CARD", 6 * n)
    for name in ("learning_control", "learning_pareto"):
        picture = office.get(reverse(f"incidents:{name}"), {"month": "2026-10"})
        assert picture["Content-Type"] == "image/svg+xml"
    assert head.get(reverse("incidents:learning_control"), {"department": "all"}).status_code == 404
    assert office.get(reverse("incidents:learning_control"), {"theme": "no"}).status_code == 404


@pytest.mark.proves("EVT-10")
def test_the_quarters_analysis_in_word_holds_figures_and_no_case(beds, incident, office):
    from docx import Document

    made = [incident("CARD" if n % 2 else "GSUR", 6 * n) for n in range(10)]
    office.post(reverse("incidents:learning_scan"))
    answer = get(office, "learning_report", month="2026-10", span="3")
    document = Document(io.BytesIO(answer.content))
    words = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    assert "医疗安全（不良）事件分析报告" in words
    assert "跌倒、坠床" in words
    assert "没有检出聚集" in words
    assert not any(one.code in words for one in made)


def test_a_closed_case_offers_the_release_to_those_who_may(incident, make_user, rf, hospital):
    from zhikong.hospital.functions.incidents import parts_learning

    case = incident("CARD", 3, state="closed")
    request = rf.get("/")
    request.user = make_user("quality_office")
    assert parts_learning.change(request, case)["context"]["change"] is None
    assert parts_learning.change(request, incident("CARD", 4)) is None
    request.user = make_user("physician", hospital.departments["CARD"])
    assert parts_learning.change(request, case) is None


@pytest.mark.proves("EVT-01")
def test_reporters_are_counted_by_department_from_five_on_and_the_look_is_logged(
    beds, hospital, make_user, office, head
):
    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.hospital.functions.incidents.actions import reporting
    from zhikong.hospital.functions.incidents.rules_reporting_report import Report

    for code, number in (("CARD", 5), ("GSUR", 2)):
        nurse = make_user("nurse", hospital.departments[code])
        for _n in range(number):
            reporting.submit(
                by=nurse, now=datetime(2026, 10, 5, 4, tzinfo=UTC),
                report=Report(privacy="confidential", what="地面有水", occurred_on=date(2026, 10, 4)),
            )  # fmt: skip
    before = AuditEvent.objects.filter(action="read", subject="incidents.reporters").count()
    assert office.get(reverse("incidents:learning_culture")).context["reporters"] is None
    told = office.get(reverse("incidents:learning_culture"), {"reporters": "1"}).context["reporters"]
    assert told == [(hospital.departments["CARD"].name, 5)]
    assert AuditEvent.objects.filter(action="read", subject="incidents.reporters").count() == before + 1
    assert head.get(reverse("incidents:learning_culture"), {"reporters": "1"}).context["reporters"] is None
