# ruff: noqa: DTZ001 - the facts carry the local wall time
"""Data quality: planted faults are counted exactly, issues live from run to run, each page for its readers only."""

import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from zhikong.engine.tables import arrow_schema

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MONTH = "2026-10"


def stay(n, department="CARD", day=5, **said):
    left = datetime(2026, 10, day, 9)
    row = dict(
        stay_id=f"s{n}", patient_key=f"p{n}", institution="A", zone="Asia/Shanghai", age_years=50, sex="1", days=3,
        admitted_at=left - timedelta(days=3), discharged_at=left, discharge_department=department, payment="1",
        admission_department=department, admission_route="2", discharge_way="1", principal_diagnosis="I21.900",
        attending_doctor="D1", resident_doctor="D2", total_fee=100_000, month=MONTH,
    )  # fmt: skip
    return row | said


def publish(tmp_path, **tables):
    from zhikong.foundation.facts import actions as facts

    folder = tmp_path / f"delivery{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    files = {}
    for table, rows in tables.items():
        files[table] = folder / f"{table}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(table)), files[table])
    return facts.publish(by=None, now=NOW, tables=files, folder=folder)


def inspect(now=NOW):
    from zhikong.hospital.functions.data_quality import actions

    return actions.inspect(by=None, now=now)


PLAIN = [stay(n, "CARD" if n % 2 else "GSUR", day=1 + n % 28) for n in range(200)]


def lacking(rows, ids, **said):
    return [row | said if row["stay_id"] in ids else row for row in rows]


@pytest.fixture
def twelve_without_a_diagnosis(hospital, tmp_path):
    """Two hundred stays; twelve of CARD lack their main diagnosis."""
    ids = {f"s{n}" for n in range(1, 25, 2)}
    publish(tmp_path, stays=lacking(PLAIN, ids, principal_diagnosis=None))
    return inspect()


def the_issue(**said):
    from zhikong.hospital.functions.data_quality.models import Issue

    return Issue.objects.get(**{"table": "stays", "column": "principal_diagnosis", "kind": "missing"} | said)


@pytest.mark.proves("F-07")
def test_the_counts_equal_what_was_planted_by_field_department_and_day(hospital, tmp_path):
    """The ledger: who plants notes what was planted; the counts of the pages must be the same, and nothing else."""
    from zhikong.foundation.facts import quality
    from zhikong.hospital.functions.data_quality.models import Run

    ledger = Counter()
    rows = [dict(row) for row in PLAIN]
    plants = (
        ("principal_diagnosis", "missing", None), ("attending_doctor", "missing", ""), ("sex", "unmapped", "男"),
        ("principal_diagnosis", "unmapped", "心梗"), ("age_years", "implausible", 131), ("total_fee", "implausible", 0),
        ("discharge_way", "unmapped", "8"), ("days", "implausible", 77),
    )  # fmt: skip
    for n, (column, kind, value) in enumerate(plants * 5):
        row = rows[n * 3]
        row[column] = value
        ledger[row["discharge_department"], row["discharged_at"].date(), column, kind] += 1
    for n in range(7):
        twin = rows[190 + n] | {"stay_id": f"twin{n}"}
        ledger[twin["discharge_department"], twin["discharged_at"].date(), "", "duplicated"] += 1
        rows.append(twin)
    for row in rows:
        ledger[row["discharge_department"], row["discharged_at"].date(), "", "rows"] += 1
    publish(tmp_path, stays=rows)
    run = inspect()
    assert run == Run.objects.get()
    counts = quality.daily_in_scope(run.keys, "stays", MONTH).to_pylist()
    planted = {key[2:] for key in ledger}
    found = {
        (r["department"], r["day"], r["field"], r["kind"]): r["count"]
        for r in counts
        if (r["field"], r["kind"]) in planted
    }
    assert found == dict(ledger)
    clean = {"sex", "age_years", "discharge_way", "payment", "total_fee", "admission_route"}
    assert not {(r["field"], r["kind"]) for r in counts if r["field"] in clean} - planted


@pytest.mark.proves("F-07")
def test_a_gap_becomes_one_issue_with_its_effect_on_indicators(as_role, twelve_without_a_diagnosis):
    issue = the_issue()
    assert (issue.place, issue.count, issue.base, issue.state) == ("CARD", 12, 100, "open")
    assert issue.indicators > 3
    page = as_role("quality_office").get(reverse("data_quality:issue", args=[issue.pk])).content.decode()
    assert "心血管内科 12% 的“已出院的住院”缺出院主要诊断编码（12 / 100 行）" in page
    assert f"这些病例无法计入 {issue.indicators} 项指标" in page


def test_the_effect_is_what_the_engine_cannot_assess(twelve_without_a_diagnosis):
    from zhikong.foundation.facts import quality_runs

    effects = quality_runs.effects_of(twelve_without_a_diagnosis.folder, month=MONTH)
    field = ("stays", "principal_diagnosis")
    of = {effect.indicator: effect for effect in effects[field, "CARD"]}
    # eighty-eight had an infarction, and who has no diagnosis may have had one: twelve of a hundred are open
    assert (of["ami_mortality"].affected, of["ami_mortality"].base) == (12, 100)
    assert "discharges" not in of
    assert (field, "GSUR") not in effects


@pytest.mark.proves("F-07", "F-32")
def test_the_notes_tell_the_indicators_page_what_is_missing(hospital, twelve_without_a_diagnosis):
    from zhikong.foundation.facts.quality_notes import notes

    told = notes(month=MONTH, place=hospital.departments["CARD"].id)
    assert "缺出院主要诊断编码（12 / 100）" in told["ami_mortality"][0].sentence
    assert "ami_mortality" not in notes(month=MONTH, place=hospital.departments["GSUR"].id)
    assert notes(month="2020-01", place=None) == {}


def test_the_same_state_is_inspected_once(twelve_without_a_diagnosis):
    assert inspect() == twelve_without_a_diagnosis


def test_a_new_publication_counts_only_what_changed_and_compares(
    as_role, hospital, tmp_path, twelve_without_a_diagnosis
):
    from zhikong.hospital.functions.data_quality.models import Issue

    other = [
        stay(
            1000,
            day=3,
            month="2026-09",
            discharged_at=datetime(2026, 9, 3),
            admitted_at=datetime(2026, 9, 1),
            days=2,
        )
    ]
    publish(tmp_path, stays=other)
    second = inspect()
    assert second.made == 1  # September; October was counted before
    assert (second.new, second.resolved, second.persisting) == (0, 0, twelve_without_a_diagnosis.new)
    publish(tmp_path, stays=PLAIN)
    third = inspect()
    assert third.resolved >= 1
    issue = the_issue()
    assert (issue.state, issue.present) == (Issue.State.FIXED, False)
    page = as_role("quality_office").get(reverse("data_quality:compare")).content.decode()
    assert "出院主要诊断编码" in page[page.index('id="resolved"') : page.index('id="persisting"')]
    assert "出院主要诊断编码" not in page[page.index('id="new"') : page.index('id="resolved"')]


@pytest.mark.proves("F-07")
def test_what_was_called_fixed_and_comes_back_opens_again(
    make_user, hospital, tmp_path, twelve_without_a_diagnosis
):
    from zhikong.foundation.notices.models import Notice
    from zhikong.hospital.functions.data_quality import actions

    office = make_user("quality_office")
    actions.judge(the_issue(), by=office, now=NOW, state="fixed", reason="已补录")
    told = Notice.objects.count()
    ids = {f"s{n}" for n in range(1, 27, 2)}
    publish(tmp_path, stays=lacking(PLAIN, ids, principal_diagnosis=None))
    inspect()
    issue = the_issue()
    assert (issue.state, issue.count, issue.reason) == ("open", 13, "")
    assert [event.what for event in issue.events.all()] == ["found", "judged", "back"]
    assert Notice.objects.count() == told + 1


def test_what_was_explained_stays_explained(make_user, tmp_path, twelve_without_a_diagnosis):
    from zhikong.hospital.functions.data_quality import actions

    actions.judge(
        the_issue(), by=make_user("quality_office"), now=NOW, state="explained", reason="专科系统未接入"
    )
    publish(tmp_path, stays=[stay(2000)])
    inspect()
    assert the_issue().state == "explained"


def test_judging_needs_a_reason_and_the_right(make_user, hospital, twelve_without_a_diagnosis):
    from zhikong.hospital.functions.data_quality import actions

    with pytest.raises(ValidationError, match="请写明理由"):
        actions.judge(the_issue(), by=make_user("quality_office"), now=NOW, state="explained", reason=" ")
    for role in ("physician", "hospital_leader"):
        with pytest.raises(PermissionDenied):
            actions.judge(the_issue(), by=make_user(role), now=NOW, state="explained", reason="不想管")


def test_an_assigned_issue_is_a_task_that_ends_with_the_judgement(
    make_user, hospital, twelve_without_a_diagnosis
):
    from zhikong.foundation.tasks.models import Task
    from zhikong.hospital.functions.data_quality import actions

    office, reviewer = make_user("quality_office"), make_user("record_reviewer")
    actions.assign(the_issue(), by=office, now=NOW, owner=reviewer, title="补录主要诊断")
    task = Task.objects.get(source_kind="data_quality")
    assert (task.owner, task.state, task.due_on) == (reviewer, "open", date(2026, 11, 29))
    actions.judge(the_issue(), by=reviewer, now=NOW, state="fixed", reason="已补录")
    task.refresh_from_db()
    assert task.state == "done"


@pytest.mark.proves("F-07")
def test_the_rows_behind_an_issue_add_up_and_leave_as_a_workbook(as_role, twelve_without_a_diagnosis):
    issue, client = the_issue(), as_role("quality_office")
    page = client.get(reverse("data_quality:rows", args=[issue.pk])).content.decode()
    assert page.count("<tr>") == 13  # the head and twelve rows
    assert "p1…" in page
    answer = client.get(reverse("data_quality:rows_export", args=[issue.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 3 + 12
    answer = client.get(reverse("data_quality:export"))
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert ("已出院的住院", "出院主要诊断编码", "心血管内科", "缺失", "2026-10", 12, 100) in [
        line[:7] for line in lines
    ]


def test_the_pages_stand_and_an_empty_hospital_says_what_to_do(as_role, hospital):
    page = as_role("quality_office").get(reverse("data_quality:overview")).content.decode()
    assert "还没有检查过" in page
    for name in ("issues", "compare", "front_pages"):
        assert as_role("quality_office").get(reverse(f"data_quality:{name}")).status_code == 200


def test_overview_and_table_show_the_counts_by_department_and_day(as_role, twelve_without_a_diagnosis):
    client = as_role("quality_office")
    page = client.get(reverse("data_quality:overview")).content.decode()
    assert "已出院的住院" in page
    assert "影响最大的待处理问题" in page
    table = reverse("data_quality:table", args=["stays"])
    page = client.get(table, {"kind": "missing"}).content.decode()
    assert 'title="12 / 100">12%' in page
    assert "出院主要诊断编码" in page
    assert "离院方式" not in page  # sound fields are listed when asked for
    assert "离院方式" in client.get(table, {"kind": "missing", "all": "1"}).content.decode()
    page = client.get(table, {"kind": "missing", "by": "day", "department": "CARD"}).content.decode()
    assert "字段 × 日" in page
    assert client.get(table, {"department": "NONE"}).status_code == 404


def test_a_department_sees_its_own_and_nothing_of_others(as_role, hospital, twelve_without_a_diagnosis):
    issue = the_issue()
    other = as_role("department_head", hospital.departments["GSUR"])
    assert other.get(reverse("data_quality:issue", args=[issue.pk])).status_code == 404
    assert other.get(reverse("data_quality:rows", args=[issue.pk])).status_code == 404
    page = other.get(reverse("data_quality:table", args=["stays"]), {"kind": "missing"}).content.decode()
    assert "12 / 100" not in page
    assert "心血管内科" not in page
    own = as_role("department_head", hospital.departments["CARD"])
    assert own.get(reverse("data_quality:issue", args=[issue.pk])).status_code == 200


def test_others_are_refused(as_role, hospital):
    for name in ("overview", "issues", "compare", "front_pages"):
        assert as_role("complaint_officer").get(reverse(f"data_quality:{name}")).status_code == 403


def test_an_issue_is_judged_and_assigned_on_its_page(as_role, make_user, twelve_without_a_diagnosis):
    reviewer, issue, client = make_user("record_reviewer"), the_issue(), as_role("quality_office")
    wrong = client.post(reverse("data_quality:judge", args=[issue.pk]), {"state": "explained", "reason": ""})
    assert wrong.status_code == 422
    client.post(
        reverse("data_quality:judge", args=[issue.pk]), {"state": "explained", "reason": "专科系统未接入"}
    )
    assert the_issue().state == "explained"
    client.post(reverse("data_quality:assign", args=[issue.pk]), {"owner": reviewer.pk, "due_on": ""})
    assert the_issue().owner == reviewer


def test_rows_that_came_after_the_close_are_late(hospital, tmp_path):
    from zhikong.foundation.facts import quality

    close = datetime(2026, 11, 10, 23, 59, 59, 999999, tzinfo=ZoneInfo(hospital_zone()))
    publish_at(tmp_path, PLAIN[:150], close - timedelta(hours=1))
    publish_at(tmp_path, PLAIN, close + timedelta(hours=1))
    run = inspect()
    counts = quality.daily_in_scope(run.keys, "stays", MONTH).to_pylist()
    late = [row for row in counts if (row["field"], row["kind"]) == ("", "late")]
    assert sum(row["count"] for row in late) == 50


def hospital_zone():
    from zhikong.foundation.organisation.queries import institution

    return institution().time_zone


def publish_at(tmp_path, rows, moment):
    from zhikong.foundation.facts import actions as facts

    folder = tmp_path / f"at{moment:%d%H%M}"
    folder.mkdir()
    file = folder / "stays.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema("stays")), file)
    return facts.publish(by=None, now=moment, tables={"stays": file}, folder=folder)


def test_a_publication_asks_the_worker_for_an_inspection(hospital, tmp_path):
    from procrastinate.contrib.django.models import ProcrastinateJob

    from zhikong.foundation.outbox.actions import deliver_pending

    publish(tmp_path, stays=PLAIN[:3])
    deliver_pending(now=NOW)
    jobs = ProcrastinateJob.objects.filter(task_name="data_quality.inspect")
    assert [job.args for job in jobs] == [{"institution_id": hospital.id}]


def test_a_feed_that_broke_is_one_issue_of_the_hospital(hospital, tmp_path):
    from zhikong.hospital.functions.data_quality.models import Issue

    rows = [stay(n, day=1 + n % 28) for n in range(28 * 6)]
    results = [
        dict(stay_id=row["stay_id"], item="K", value=4.0, at=row["discharged_at"], kind="lab", month=MONTH)
        for row in rows
        if row["discharged_at"].day not in (10, 11, 12, 13)
    ]
    publish(tmp_path, stays=rows, results=results)
    inspect()
    issue = Issue.objects.get(table="results", column="", kind="silent")
    assert (issue.place, issue.count, issue.base, issue.department_id) == ("*", 4, 28, None)


def test_rows_that_intake_set_aside_count_as_missing_data_of_the_hospital(hospital, tmp_path):
    from zhikong.foundation.facts.models import Load, QuarantinedRow
    from zhikong.hospital.functions.data_quality.models import Issue

    publish(tmp_path, stays=PLAIN)
    for name, faulty in (("首页.csv", 30), ("首页.csv", 7)):  # delivered again: the second one counts
        load = Load.objects.create(
            institution_id=hospital.id, source_name=name, mapping="front_page", state="published", started_at=NOW,
            finished_at=NOW, counts={"delivered": 207}, months=[MONTH],
        )  # fmt: skip
        QuarantinedRow.objects.bulk_create(
            QuarantinedRow(
                institution_id=hospital.id, load=load, source=name, row=n, table="stays", column="discharge_department",
                label="出院科室", value="火星科", reason="unknown_department", message="不在目录中", remedy="改正",
            )
            for n in range(faulty)
        )  # fmt: skip
    inspect()
    issue = Issue.objects.get(kind="set_aside")
    assert (issue.table, issue.column, issue.place, issue.count, issue.base) == (
        "stays", "discharge_department", "*", 7, 207,
    )  # fmt: skip


# ---- front pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def coded_by_their_cause(hospital, tmp_path):
    """Forty stays; three of CARD whose main diagnosis is an external cause (W19), which FP14 refuses."""
    rows = [stay(n, "CARD" if n % 2 else "GSUR") for n in range(40)]
    publish(tmp_path, stays=lacking(rows, {"s1", "s3", "s5"}, principal_diagnosis="W19.900"))
    return inspect()


RULE = "fp14"


@pytest.mark.proves("F-07")
def test_front_pages_are_scored_and_a_rule_leads_to_its_records(as_role, coded_by_their_cause):
    client = as_role("quality_office")
    page = client.get(reverse("data_quality:front_pages")).content.decode()
    assert "平均得分" in page
    page = client.get(reverse("data_quality:front_page_rule", args=[RULE])).content.decode()
    assert "W19.900" in page
    assert all(f"<code>s{n}</code>" in page for n in (1, 3, 5))
    assert "<code>s7</code>" not in page


def test_each_record_has_a_score_the_lowest_first(as_role, hospital, coded_by_their_cause):
    page = as_role("quality_office").get(reverse("data_quality:records")).content.decode()
    first = page.index("<code>s1</code>")
    assert first < page.index("<code>s0</code>")
    assert "主要诊断不是外部原因编码" in page[first : page.index("<code>s3</code>")]
    own = as_role("department_head", hospital.departments["GSUR"])
    assert "<code>s1</code>" not in own.get(reverse("data_quality:records")).content.decode()
    assert as_role("administrator").get(reverse("data_quality:records")).status_code == 403


def test_records_that_fail_become_one_finding_of_their_department(as_role, hospital, coded_by_their_cause):
    from zhikong.foundation.findings.models import Finding

    client = as_role("quality_office")
    address = reverse("data_quality:front_page_rule", args=[RULE]) + f"?month={MONTH}&department="
    client.post(address)
    assert not Finding.objects.exists()  # a department must be chosen
    client.post(address + "GSUR")
    assert not Finding.objects.exists()  # it has no failing record
    answer = client.post(address + "CARD")
    finding = Finding.objects.get()
    assert answer.url == reverse("findings:detail", args=[finding.pk])
    assert (finding.department_id, finding.month) == (hospital.departments["CARD"].id, MONTH)
    assert sorted(finding.cases.values_list("stay_id", flat=True)) == ["s1", "s3", "s5"]
    client.post(address + "CARD")
    assert Finding.objects.count() == 1


def test_a_departments_head_sees_no_records_of_others(as_role, hospital, coded_by_their_cause):
    page = as_role("department_head", hospital.departments["GSUR"]).get(
        reverse("data_quality:front_page_rule", args=[RULE])
    )
    assert "<code>s1</code>" not in page.content.decode()
    assert "W19.900" not in page.content.decode()


def test_a_rule_that_crashed_is_red_and_no_pass(as_role, hospital, tmp_path, monkeypatch):
    from zhikong.engine.record_rules import Judgement
    from zhikong.engine.record_rules.model import COUNT_SCHEMA, FAILURE_SCHEMA, SCORE_SCHEMA
    from zhikong.foundation.facts import record_verdicts
    from zhikong.hospital.functions.data_quality.front_page_rules import rules

    rule = next(iter(rules()))
    line = dict(rule=rule, institution="A", department="CARD", day=date(2026, 10, 5), error=2, fail=0, not_applicable=0,
                not_assessable=0) | {"pass": 0}  # fmt: skip
    crashed = Judgement(
        pa.Table.from_pylist([line], schema=COUNT_SCHEMA),
        SCORE_SCHEMA.empty_table(),
        FAILURE_SCHEMA.empty_table(),
        errors={rule: "ConversionException"},
    )
    monkeypatch.setattr(record_verdicts, "judge_records", lambda *args, **kwargs: crashed)
    publish(tmp_path, stays=[stay(1), stay(2)])
    inspect()
    page = as_role("quality_office").get(reverse("data_quality:front_pages")).content.decode()
    assert "1 条规则执行出错，结果不能当作通过" in page
    assert "规则出错" in page


def test_without_a_month_the_newest_with_front_pages_is_shown(hospital, rf):
    from zhikong.hospital.functions.data_quality.models import Run
    from zhikong.hospital.functions.data_quality.queries.choosing import chosen

    run = Run(months=["2026-09", "2026-10", "2026-11"], verdicts={"2026-09": "a", "2026-10": "b"})
    assert chosen(rf.get("/"), run).month == "2026-10"
    assert chosen(rf.get("/", {"month": "2026-11"}), run).month == "2026-11"
    assert chosen(rf.get("/"), Run(months=["2026-11"], verdicts={})).month == "2026-11"
