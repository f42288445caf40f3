# ruff: noqa: DTZ001 - the facts carry the local wall time
"""Record results: the pages of closed records, for their readers only; settings need a reason, a right and a look."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from docx import Document

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MONTH = "2026-10"
FAILING = {"CARD": 60, "GSUR": 3}


@pytest.fixture
def screened(hospital):
    """October judged by three rules: fp01 fails often, fp02 lacks its data, fp03 crashed; September went better."""
    from zhikong.hospital.functions.records.models import RecordVerdict, RuleTally, Screening, WriterTally

    runs = {}
    for month in ("2026-09", MONTH):
        runs[month] = Screening.objects.create(
            institution_id=hospital.id, month=month, key=month, publication=1, data_version="v1", ruled_on=NOW.date(),
            judged_at=NOW, rules={"fp01": [1, "h"], "fp02": [1, "h"], "fp03": [1, "h"]}, stays=200,
            unmet={"fp02": "缺少表 consents，无法评估"}, broken={"fp03": "ZeroDivisionError"}, digest="d" * 64,
            started_at=NOW, finished_at=NOW,
        )  # fmt: skip
    for month, failing in (("2026-09", {"CARD": 10, "GSUR": 5}), (MONTH, FAILING)):
        for code, failed in failing.items():
            place = {
                "institution_id": hospital.id, "department_id": hospital.departments[code].id, "place": code,
                "month": month, "screening": runs[month],
            }  # fmt: skip
            day = date(2026, int(month[5:]), 5)
            RuleTally.objects.create(rule="fp01", version=1, passed=100 - failed, failed=failed, **place)
            RuleTally.objects.create(rule="fp02", version=1, not_assessable=100, **place)
            RuleTally.objects.create(rule="fp03", version=1, error=100, **place)
            WriterTally.objects.create(
                rule="fp01", responsible=f"D-{code}", passed=100 - failed, failed=failed, **place
            )
            RecordVerdict.objects.bulk_create(
                RecordVerdict(
                    stay_id=f"{month}-{code}-{n}", rule="fp01", version=1, verdict="fail", reason=f"缺婚姻 {n}", day=day,
                    responsible=f"D-{code}", **place,
                )
                for n in range(failed)
            )  # fmt: skip
    return runs


NAMES = (
    "defects",
    "unchecked",
    "rules",
    "matrix",
    "trends",
    "writers",
    "core_systems",
    "stages",
    "lists",
    "analysis",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_hospital_that_screened_nothing_is_told_so(as_role, hospital, name):
    answer = as_role("quality_office").get(reverse(f"records:{name}"))
    assert answer.status_code == 200
    if name in ("defects", "trends", "matrix", "analysis", "unchecked"):
        assert "还没有筛查过出院病历" in answer.content.decode()


@pytest.mark.proves("REC-06")
def test_defects_stand_page_by_page_by_key_and_leave_as_a_workbook(as_role, screened):
    client, address = as_role("quality_office"), reverse("records:defects")
    first = client.get(address)
    page = first.context["page"]
    assert (len(page.rows), page.count, page.first) == (50, 63, True)
    second = client.get(address, {"after": page.after}).context["page"]
    assert (len(second.rows), second.after, second.first) == (13, "", False)
    assert not {row.pk for row in page.rows} & {row.pk for row in second.rows}
    assert "缺少表" not in first.content.decode()
    assert "1 条规则执行出错" in first.content.decode()
    book = client.get(reverse("records:defects_export"), {"department": "GSUR"})
    lines = list(
        openpyxl.load_workbook(io.BytesIO(book.content)).active.iter_rows(min_row=4, values_only=True)
    )
    assert [line[2] for line in lines] == ["普通外科"] * 3
    assert client.get(address, {"after": "不是键"}).context["page"].first


def test_filters_narrow_by_rule_month_writer_and_stage(as_role, screened):
    client, address = as_role("quality_office"), reverse("records:defects")

    def count(**query):
        return client.get(address, query).context["page"].count

    assert count(month="2026-09") == 15
    assert count(month="") == 78
    assert count(responsible="D-GSUR") == 3
    assert count(stage="surgery") == 0
    assert count(stage="discharge", kind="row") == 63
    assert count(verdict="error") == 0
    assert count(verdict="nonsense") == 63


def test_a_department_head_sees_only_their_department(as_role, hospital, screened):
    client = as_role("department_head", hospital.departments["GSUR"])
    answer = client.get(reverse("records:defects"))
    assert answer.context["page"].count == 3
    assert client.get(reverse("records:defects"), {"department": "CARD"}).status_code == 404
    assert client.get(reverse("records:trends")).context["total"] == 3
    assert [code for code, *_ in client.get(reverse("records:matrix")).context["across"]] == ["GSUR"]


def test_who_may_not_see_record_checks_is_refused(as_role, screened):
    client = as_role("complaint_officer")
    for name in NAMES:
        assert client.get(reverse(f"records:{name}")).status_code == 403


@pytest.mark.proves("REC-34")
def test_compliance_by_department_rule_and_writer_adds_up(as_role, screened):
    client = as_role("quality_office")
    context = client.get(reverse("records:trends")).context
    lines = {line.code: line for line in context["lines"]}
    assert (str(lines["CARD"].all.rate), str(lines["GSUR"].all.rate)) == ("40.0", "97.0")
    assert (str(lines["CARD"].change), str(lines["GSUR"].change)) == ("-50.0", "2.0")
    assert [(one.rule, one.count) for one in context["frequent"]] == [("fp01", 63)]
    matrix = {line.rule: line for line in client.get(reverse("records:matrix")).context["lines"]}
    assert dict(matrix["fp01"].cells)["CARD"].failed == 60
    assert matrix["fp03"].total.tone == "bad"
    assert client.get(reverse("records:matrix")).context["lines"][0].rule == "fp03"
    writers = client.get(reverse("records:writers")).context["lines"]
    assert [(line.responsible, line.all.failed) for line, *_ in writers] == [("D-CARD", 70), ("D-GSUR", 8)]


def test_what_could_not_be_checked_is_told_with_its_reason(as_role, screened):
    from zhikong.hospital.functions.records.models import RuleTally

    page = as_role("quality_office").get(reverse("records:unchecked")).content.decode()
    assert "从来没有一份通过" not in page
    RuleTally.objects.filter(rule="fp01").update(passed=0)
    assert "78 份全部不通过" in as_role("quality_office").get(reverse("records:unchecked")).content.decode()
    assert "缺少表 consents，无法评估" in page
    assert "ZeroDivisionError" in page


@pytest.mark.proves("REC-11")
def test_the_analysis_says_the_same_on_the_page_and_in_word(as_role, screened):
    client = as_role("quality_office")
    address = reverse("records:analysis")
    client.post(f"{address}?month={MONTH}", {"causes": "轮转医师多", "measures": "十二月培训两次"})
    answer = client.get(address)
    found = answer.context["found"]
    assert (found.records, found.defects, str(found.per_hundred), found.flawless) == (200, 63, "31.5", 137)
    assert "符合率比上月下降" in answer.content.decode()
    document = Document(io.BytesIO(client.get(reverse("records:analysis_word")).content))
    text = "\n".join(p.text for p in document.paragraphs)
    for sentence in found.sentences():
        assert sentence in text
    for word in ("十二月培训两次", "缺少表 consents", "ZeroDivisionError", "数据版本 v1", "还没有完成评审"):
        assert word in text
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "心血管内科" in cells
    assert len(document.inline_shapes) == 2  # Pareto and trend


def test_only_who_analyses_the_month_may_write_into_it(as_role, screened):
    answer = as_role("record_reviewer").post(reverse("records:analysis"), {"causes": "x", "measures": ""})
    assert answer.status_code == 403


def test_the_picture_of_the_most_frequent_defects_is_drawn(as_role, screened):
    answer = as_role("quality_office").get(reverse("records:pareto"), {"theme": "dark"})
    assert answer["Content-Type"] == "image/svg+xml"
    assert "全部 63 处" in answer.content.decode()
    assert as_role("quality_office").get(reverse("records:pareto"), {"theme": "pink"}).status_code == 404


@pytest.mark.proves("REC-17")
def test_a_rules_failures_of_a_department_become_one_finding(as_role, hospital, screened):
    from zhikong.foundation.findings.models import Finding

    client = as_role("quality_office")
    address = reverse("records:raise_rule", args=["fp01"])
    client.post(f"{address}?month={MONTH}")  # without a department
    assert not Finding.objects.exists()
    for _again in range(2):
        client.post(f"{address}?month={MONTH}&department=CARD")
    (finding,) = Finding.objects.all()
    assert (finding.department_id, finding.source_key, finding.cases.count()) == (
        hospital.departments["CARD"].id, f"fp01@{MONTH}", 60,
    )  # fmt: skip
    assert client.get(reverse("findings:detail", args=[finding.pk])).status_code == 200
    assert finding in client.get(reverse("records:analysis")).context["found"].findings


def test_a_setting_needs_a_look_at_its_effect_a_reason_and_the_right(as_role, make_user, hospital, screened):
    from zhikong.hospital.functions.records.actions.results import settings
    from zhikong.hospital.functions.records.models import RuleSetting
    from zhikong.hospital.functions.records.queries.results import in_force

    client, address = as_role("quality_office"), reverse("records:rule", args=["fp01"])
    today = timezone.localdate()
    said = {"active": "0", "points": "3.5", "valid_from": today.isoformat(), "reason": "本院暂不执行"}
    shown = client.post(address, said)
    assert shown.context["effect"] is not None
    assert not RuleSetting.objects.exists()
    changed = client.post(
        address, said | {"points": "9", "seen": shown.context["stamp"]}
    )  # another one was shown
    assert changed.status_code == 200
    assert not RuleSetting.objects.exists()
    assert client.post(address, said | {"seen": shown.context["stamp"]}).status_code == 302
    assert "fp01" not in in_force.active_ids(on=today)
    assert str(in_force.overrides(on=today)["fp01"].points) == "3.5"
    with pytest.raises(PermissionDenied):
        settings.set_rule(by=make_user("physician"), now=NOW, rule="fp01", valid_from=today, reason="不想要")
    with pytest.raises(ValidationError, match="理由"):
        settings.set_rule(by=client.user, now=NOW, rule="fp01", valid_from=today, reason=" ")
    with pytest.raises(ValidationError, match="没有时限"):
        settings.set_rule(
            by=client.user, now=NOW, rule="fp01", valid_from=today, reason="改时限", limit_text="6 h"
        )
    with pytest.raises(ValidationError, match="不能早于今天"):
        settings.set_rule(by=client.user, now=NOW, rule="fp01", valid_from=date(2020, 1, 1), reason="追溯")


def test_the_library_finds_rules_by_words_kind_and_state(as_role, screened):
    client, address = as_role("quality_office"), reverse("records:rules")

    def ids(**query):
        return {line.rule.id for line in client.get(address, query).context["lines"]}

    assert ids(q="必填项目") == {"fp01"}
    assert "fp01" in ids(kind="row", state="active", stage="discharge")
    assert ids(q="没有这样的规则") == set()
    page = client.get(reverse("records:rule", args=["fp03"])).content.decode()
    assert "执行出错" in page
    assert client.get(reverse("records:rule", args=["no-such-rule"])).status_code == 404


@pytest.mark.proves("REC-18")
def test_every_month_of_the_year_has_its_theme(as_role, screened):
    from zhikong.hospital.functions.records.queries.results import lists

    today = timezone.localdate()
    assert all(lists.theme_of(f"2026-{n:02}", on=today) is not None for n in range(1, 13))
    assert lists.span(lists.lists(on=today)["discussions"], "2026-11") == ["2026-10", "2026-11"]
    client = as_role("quality_office")
    for name in lists.lists(on=today):
        assert client.get(reverse("records:list", args=[name])).status_code == 200


@pytest.mark.proves("REC-33")
def test_the_library_of_talk_records_is_found_and_printed_blank(as_role, screened, hospital):
    from zhikong.foundation.forms.queries import form
    from zhikong.hospital.functions.records.queries.results.talks import talk_templates

    office, doctor = as_role("quality_office"), as_role("physician", hospital.departments["CARD"])
    page = office.get(reverse("records:lists")).content.decode()
    found = talk_templates(doctor.user, on=timezone.localdate())
    assert len(found) >= 6
    assert {one.mark for one in found} == {"memory"}  # nobody takes them for checked wordings
    assert all(one.may_fill and one.departments for one in found)
    for one in found:
        assert one.disease in page
        assert reverse("forms:blank", args=[one.id]) in page
        parts = {part.id: part for part in form(one.id, on=timezone.localdate()).obj.sections}
        assert [len(parts[name].items[0].options) >= 5 for name in ("risks", "alternatives")] == [True, True]
        assert [item.id for item in parts["questions"].items] == ["asked", "repeated"]
    assert reverse("forms:new", args=[found[0].id]) not in page  # the office reads, doctors fill
    assert "#talks" in office.get(reverse("records:list", args=["theme-talks"])).content.decode()
    paper = doctor.get(reverse("forms:blank", args=["talk_myocardial_infarction"]))
    words = pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_bounded()
    assert all(word in words for word in ("谈话记录：急性心肌梗死", "患者：", "心源性休克", "静脉溶栓"))


def test_machine_findings_of_a_chart_are_told_to_those_who_review_it(hospital, screened):
    from zhikong.foundation.facts import chart_findings

    found = chart_findings.of_stay(f"{MONTH}-CARD-7")
    assert [(one.rule, one.verdict) for one in found] == [
        ("fp01", "fail"),
        ("fp03", "error"),
        ("fp02", "not_assessable"),
    ]
    assert found[0].reason == "缺婚姻 7"
    assert found[0].points is not None


def test_a_setting_holds_from_its_day_and_the_newest_wins(hospital, make_user):
    from zhikong.hospital.functions.records.models import RuleSetting
    from zhikong.hospital.functions.records.queries.results.in_force import setting_of

    for day, points in ((1, 2), (10, 3), (10, 4)):
        RuleSetting.objects.create(
            institution_id=hospital.id, rule="fp01", version=1, valid_from=date(2026, 12, day), points=points,
            reason="试行", set_at=NOW, set_by=make_user("quality_office"),
        )  # fmt: skip
    told = [setting_of("fp01", on=date(2026, 12, day)).points for day in (9, 10)]
    assert [setting_of("fp01", on=date(2026, 11, 30)).empty, *map(int, told)] == [True, 2, 4]


# ---- from published facts to verdicts ------------------------------------------------------------------------------


def facts_of(tmp_path, documents):
    """Publish two stays of CARD in October, admitted on the 1st at 01:00, with documents of type 37."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from zhikong.engine.tables import arrow_schema
    from zhikong.foundation.facts import actions as facts

    stays = [
        dict(
            stay_id=f"s{n}", patient_key=f"p{n}", institution="A", zone="Asia/Shanghai", age_years=50, sex="1", days=9,
            admitted_at=datetime(2026, 10, 1, 1), discharged_at=datetime(2026, 10, 10, 9), admission_department="CARD",
            discharge_department="CARD", attending_doctor="D1", resident_doctor="D2", month=MONTH,
        )
        for n in (1, 2)
    ]  # fmt: skip
    rows = {
        "stays": stays,
        "documents": [
            dict(stay_id=stay, document_id=f"{stay}-d", type="37", title="首次病程记录", author="D2", month=MONTH,
                 written_at=at, signed_at=at)
            for stay, at in documents.items()
        ],
    }  # fmt: skip
    folder = tmp_path / f"delivery{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    files = {}
    for table, found in rows.items():
        files[table] = folder / f"{table}.parquet"
        pq.write_table(pa.Table.from_pylist(found, schema=arrow_schema(table)), files[table])
    facts.publish(by=None, now=NOW, tables=files, folder=folder)


@pytest.mark.proves("REC-06")
def test_discharged_records_are_judged_once_for_their_rows_and_rules_and_can_be_judged_again_alike(
    hospital, tmp_path
):
    from zhikong.hospital.functions.records.actions.results.screening import replay, screen
    from zhikong.hospital.functions.records.models import RecordVerdict, RuleTally

    rule = "first-progress-note-8h"
    facts_of(tmp_path, {"s1": datetime(2026, 10, 1, 9), "s2": datetime(2026, 10, 1, 9, 1)})
    (run,) = screen(by=None, now=NOW)
    assert (run.month, run.stays, run.errors) == (MONTH, 2, 0)
    found = RecordVerdict.objects.get(rule=rule)
    assert (found.stay_id, found.verdict, found.responsible, found.place) == ("s2", "fail", "D2", "CARD")
    assert found.due_at == datetime(2026, 10, 1, 1, tzinfo=UTC)  # 09:00 in the hospital
    tally = RuleTally.objects.get(rule=rule)
    assert (tally.passed, tally.failed) == (1, 1)
    assert run.unmet  # operations, orders … were never delivered: told once, and no pass
    assert not RuleTally.objects.filter(rule__in=run.unmet, passed__gt=0).exists()
    assert screen(by=None, now=NOW) == []  # nothing changed
    assert replay(run) == run.digest


def test_only_what_changed_is_written_anew(hospital, tmp_path):
    from zhikong.hospital.functions.records.actions.results.screening import screen
    from zhikong.hospital.functions.records.models import RecordVerdict, Screening

    late = datetime(2026, 10, 1, 12)
    facts_of(tmp_path, {"s1": late, "s2": late})
    screen(by=None, now=NOW)
    before = dict(RecordVerdict.objects.filter(stay_id="s2").values_list("rule", "pk"))
    facts_of(tmp_path, {"s1": datetime(2026, 10, 1, 2), "s2": late})
    screen(by=None, now=NOW)
    assert Screening.objects.filter(month=MONTH).count() == 2
    assert not RecordVerdict.objects.filter(stay_id="s1", rule="first-progress-note-8h").exists()
    assert dict(RecordVerdict.objects.filter(stay_id="s2").values_list("rule", "pk")) == before


def test_a_rule_that_crashes_is_an_error_and_the_others_are_judged(hospital, tmp_path, monkeypatch):
    from zhikong.engine.record_rules import checking
    from zhikong.hospital.functions.records.actions.results.screening import screen
    from zhikong.hospital.functions.records.models import RuleTally

    real = checking.Run._judged

    def broken(self, rule, keep):
        if rule.id == "first-progress-note-8h":
            raise ZeroDivisionError("planted")
        return real(self, rule, keep)

    monkeypatch.setattr(checking.Run, "_judged", broken)
    facts_of(tmp_path, {"s1": datetime(2026, 10, 1, 9), "s2": datetime(2026, 10, 1, 9)})
    (run,) = screen(by=None, now=NOW)
    assert "planted" in run.broken["first-progress-note-8h"]
    tally = RuleTally.objects.get(rule="first-progress-note-8h")
    assert (tally.error, tally.passed) == (2, 0)
    assert RuleTally.objects.filter(rule="discharge-record-24h").exists()


@pytest.mark.proves("REC-34")
def test_the_hospitals_own_limit_judges_and_its_effect_is_shown_before(hospital, tmp_path, as_role):
    from zhikong.hospital.functions.records.actions.results.screening import replay, screen
    from zhikong.hospital.functions.records.models import RuleTally

    rule = "first-progress-note-8h"
    facts_of(tmp_path, {"s1": datetime(2026, 10, 1, 8), "s2": datetime(2026, 10, 1, 9)})
    screen(by=None, now=NOW)
    client, address = as_role("quality_office"), reverse("records:rule", args=[rule])
    today = timezone.localdate()
    said = {"limit": "7 h", "valid_from": today.isoformat(), "reason": "本院要求更严"}
    assert client.post(address, said | {"limit": "七小时"}).status_code == 422
    shown = client.post(address, said)
    effect = shown.context["effect"]
    assert (effect["now"].failed, effect["then"].failed) == (0, 1)
    client.post(address, said | {"seen": shown.context["stamp"]})
    (run,) = screen(by=None, now=datetime.now(tz=UTC))
    assert run.overrides[rule]["limit"] == "7 h"
    assert replay(run) == run.digest
    assert RuleTally.objects.get(rule=rule).failed == 1


def test_a_record_shows_its_text_with_the_places_that_verdicts_stand_on(hospital, tmp_path, as_role):
    from zhikong.hospital.functions.records.actions.results.screening import screen

    facts_of(tmp_path, {"s1": datetime(2026, 10, 1, 9), "s2": datetime(2026, 10, 1, 12)})
    screen(by=None, now=NOW)
    client = as_role("quality_office")
    page = client.get(reverse("records:record", args=["s2"])).content.decode()
    assert "首次病程记录" in page
    assert "D2" in page
    assert client.get(reverse("records:record", args=["unknown"])).status_code == 404
    head = as_role("department_head", hospital.departments["GSUR"])
    assert head.get(reverse("records:record", args=["s2"])).status_code == 403


@pytest.mark.proves("REC-38")
def test_a_sealed_record_is_read_only_and_every_look_is_told(hospital, tmp_path, as_role):
    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.foundation.facts.sealing import require_unsealed, sealed_since
    from zhikong.foundation.flows.facts import CaseMoved
    from zhikong.foundation.flows.models import Case
    from zhikong.hospital.functions.records.actions.results.screening import screen
    from zhikong.hospital.functions.records.actions.results.sealing import follow_case
    from zhikong.hospital.functions.records.models import RecordVerdict

    facts_of(tmp_path, {"s1": datetime(2026, 10, 1, 9), "s2": datetime(2026, 10, 1, 12)})
    screen(by=None, now=NOW)
    office = as_role("medical_affairs")
    for _again in range(2):  # asked twice is asked once
        office.post(reverse("records:seal", args=["s2"]))
    (case,) = Case.objects.filter(flow_id="record_sealing")
    assert sealed_since("s2") is None
    fact = CaseMoved(case.pk, "record_sealing", case.department_id, "seal", "sealed")
    for _again in range(2):
        follow_case(fact, now=NOW)
    assert sealed_since("s2") == NOW
    page = as_role("physician", hospital.departments["CARD"]).get(reverse("records:record", args=["s2"]))
    assert "封存" in page.content.decode()
    assert AuditEvent.objects.filter(after__purpose="查阅封存的病历（住院 s2）").exists()
    verdict = RecordVerdict.objects.filter(stay_id="s2", verdict="fail").first()
    office.post(reverse("records:raise_one", args=[verdict.pk]))
    with pytest.raises(ValidationError, match="封存"):
        require_unsealed("s2")
    follow_case(CaseMoved(case.pk, "record_sealing", case.department_id, "unseal", "unsealed"), now=NOW)
    require_unsealed("s2")


def test_grades_of_reviewed_records_stand_in_the_analysis(hospital, as_role, screened):
    from zhikong.hospital.functions.record_reviews.models import ReviewCase

    for n, grade in enumerate(("甲", "甲", "乙", "")):
        ReviewCase.objects.create(
            institution_id=hospital.id, stay_id=f"g{n}", month=MONTH, department_id=hospital.departments["CARD"].id,
            discharged_at=NOW, archive_due=NOW.date(), created_at=NOW, grade=grade,
        )  # fmt: skip
    found = as_role("quality_office").get(reverse("records:analysis")).context["found"]
    assert found.grades == [("甲", 2), ("乙", 1)]
