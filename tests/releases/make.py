"""Makes tests/releases/<version>/: what a small hospital has on disk when it runs this version.

    .venv/bin/python -m tests.releases.make

Run it once when a version is released, and never again for that version: see README.md beside it.
"""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

RELEASES = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FIRST_MONTH, MONTHS, SCALE = "2026-06", 5, 0.04
LAST_MONTH, CLOSED_MONTH = "2026-10", "2026-09"
OWN_FORM = "hand_hygiene_observation"
NOTED, NOTE = "average_length_of_stay", "十月起日间病房停用两周"
NO_PASSWORD = "!not in the dump"
STAFF_LIST, LEFT_OUT = "十一月新进人员.csv", "今年的计划还在起草"
# What newer servers write around a dump and older ones do not know; lines with `\\` are for psql, which is not used.
UNKNOWN_TO_OLDER = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout = .*;)\n", re.M)


def main() -> None:
    from zhikong import __version__

    with tempfile.TemporaryDirectory(prefix="zhikong-release-") as home:
        Path(home).chmod(0o755)
        os.environ["ZHIKONG_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        make(RELEASES / __version__.rpartition(".")[0], Path(home))


def make(target: Path, home: Path) -> None:
    """A server of its own, a small hospital, its dump and its lake."""
    from zhikong.site import frame, migrating

    with frame.database() as server:
        frame.setup_django()
        migrating.migrate()
        told = hospital()
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        dump(server.admin_dsn, target / "database.sql.gz")
    shutil.copytree(home / "lake", target / "lake", ignore=shutil.ignore_patterns(".*"))
    (target / "told.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    sys.stdout.write(f"{target}: {size / 1e6:.2f} MB\n")


# ---- the hospital --------------------------------------------------------------------------------------------------


def hospital() -> dict:
    """Organisation, five months of facts, targets, values, findings, a closed month, a brief; what pages then show."""
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.organisation.actions import seed_hospital
    from zhikong.site.demo import PASSWORD, organisation

    number = seed_hospital(profile=organisation.described(PASSWORD)).pk
    scope = job_scope(number, job="release")
    counts = facts(scope)
    with scoped(scope):
        screened()
        reported(counts)
        figures()
        work()
        chart_note()
        daily_life()
        starting()
        own_definition()
        take_passwords_away()
        return what_pages_show()


def facts(scope) -> list:
    """Facts of a hospital of 30 beds, through the ordinary door; gives what departments report of the last month.

    Identities stay out: their key is not in a dump.
    """
    import pyarrow.compute as pc

    from zhikong.engine.tables import TABLES
    from zhikong.foundation.facts.reported import Count
    from zhikong.hospital.functions.datasources.actions import load_tables
    from zhikong.simulator import simulate

    made = simulate(months=MONTHS, first_month=FIRST_MONTH, scale=SCALE, events=True)
    tables = {name: made.tables[name] for name in TABLES}
    reported = tables["reported_counts"]
    last = pc.equal(reported["period"], LAST_MONTH)
    tables["reported_counts"] = reported.filter(pc.invert(last))
    load_tables(by=None, now=NOW, tables=tables, source_name="仿真医院", identities=None, scope=scope)
    open_stays(made, scope)
    rows = reported.filter(last).to_pylist()
    return [Count(r["department"], r["period"], r["item"], r["numerator"], r["denominator"]) for r in rows]


def open_stays(made, scope) -> None:
    """Who lies in the hospital, with what happened to some of them."""
    from zhikong.foundation.access.scope import scoped
    from zhikong.site.demo import records_story

    with scoped(scope):
        records_story.admit(made=made, now=NOW)


def screened() -> None:
    """The last month's records judged by every rule."""
    from zhikong.hospital.functions.records.actions.results import screening

    screening.screen(by=None, now=NOW, months=[LAST_MONTH])


def figures() -> None:
    from zhikong.hospital.functions.indicators.actions import load_preset, recompute

    first = date.fromisoformat(f"{FIRST_MONTH}-01")
    load_preset(by=None, now=NOW, name="000-P2", valid_from=first)
    recompute(by=None, now=NOW)


def chart_note() -> None:
    """What somebody wrote on a chart."""
    from zhikong.foundation.access.models import User
    from zhikong.hospital.functions.indicators.actions import decide_chart

    officer = User.objects.get(username="zhikong")
    said = {"indicator_id": NOTED, "kind": "note", "reason": NOTE, "first_month": LAST_MONTH}
    decide_chart(by=officer, now=NOW, **said)


def work() -> None:
    """A finding that is being answered, one that waits, a closed month, a published brief."""
    from zhikong.foundation.access.models import User
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped

    office, head = (User.objects.get(username=name) for name in ("zhikong", "keshi"))
    with scoped(scope_of(office, NOW.date())):
        answered, _ = raise_finding(office, "CARD"), raise_finding(office, "ORTH")
    with scoped(scope_of(head, NOW.date())):
        answer(answered, head)
    with scoped(scope_of(office, NOW.date())):
        close_month(office)
        publish_brief(office)


def reported(counts: list) -> None:
    """The last month as departments reported it: accepted, returned, late."""
    from zhikong.hospital.overviews.home import demo_reporting

    demo_reporting.tell(counts=counts, now=NOW)


def daily_life() -> None:
    """Monthly records, duties with rounds, opinions, licences, complaints; records checked, reviewed and sampled;
    inspections, corrective action, risks, improvement projects and the tools; adverse events, complaints, disputes;
    a plan under review, a campaign, a self-rating, policies, letters and a summary."""
    from zhikong.hospital.overviews.home import demo_records
    from zhikong.site.demo import (
        PASSWORD,
        actions_story,
        campaigns_story,
        cases_story,
        complaints_story,
        disputes_story,
        duties_story,
        handling_story,
        incidents_story,
        inspections_story,
        meetings_story,
        plans_story,
        policies_story,
        quotas_story,
        records_story,
        reviews_story,
        risks_story,
        sampling_story,
        tools_story,
        years_story,
    )

    demo_records.tell(now=NOW, password=PASSWORD)
    duties_story.tell(now=NOW)
    cases_story.tell(now=NOW)
    records_story.tell(now=NOW)
    reviews_story.tell(now=NOW)
    sampling_story.tell(now=NOW)
    inspections_story.tell(now=NOW)
    actions_story.tell(now=NOW)
    risks_story.tell(now=NOW)
    finished_circle()
    tools_story.tell(now=NOW)
    complaints_story.tell(now=NOW)
    disputes_story.tell(now=NOW)
    incidents_story.tell(now=NOW)
    handling_story.tell(now=NOW)
    quotas_story.tell(now=NOW)
    plans_story.tell(now=NOW)
    campaigns_story.tell(now=NOW)
    policies_story.tell(now=NOW)
    meetings_story.tell(now=NOW)
    years_story.tell(now=NOW)


def finished_circle() -> None:
    """An improvement project that went through all its steps."""
    from zhikong.foundation.access.models import User
    from zhikong.site.demo.improvements_story import Circle

    leader, judge = (User.objects.get(username=name) for name in ("hushizhang", "zhikong"))
    Circle(leader, judge, "CARD", now=NOW).run()


def starting() -> None:
    """A staff list that waits for its confirmation, a step that is left out, a first password that waits."""
    from zhikong.foundation.access import actions_passwords
    from zhikong.foundation.access.models import User
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.organisation.importing import actions as importing
    from zhikong.hospital.overviews.starting.actions.marking import mark

    admin, nurse = (User.objects.get(username=name) for name in ("guanli", "hushi"))
    with scoped(scope_of(admin, NOW.date())), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / STAFF_LIST
        path.write_text("工号,姓名,科室,职称\nY9001,林新来,心血管内科,住院医师\n", encoding="utf-8")
        importing.stage(by=admin, now=NOW, kind="staff", path=path, name=STAFF_LIST)
        mark(by=admin, now=NOW, step="plan", kind="left_out", reason=LEFT_OUT)
        actions_passwords.issue(by=admin, now=NOW, users=[nurse])


def own_definition() -> None:
    """The hospital's own version of a packaged form: written, reviewed by another, published."""
    from zhikong.foundation.access.models import User
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.packstore import actions, queries

    office, medical = (User.objects.get(username=name) for name in ("zhikong", "yiwu"))
    with scoped(scope_of(office, NOW.date())):
        packaged = queries.resolve("form", OWN_FORM, on=NOW.date())
        text = packaged.text.replace("purpose:", "purpose: 本院：", 1)
        draft = actions.save_draft(by=office, now=NOW, kind="form", definition_id=OWN_FORM, text=text)
        actions.submit_for_review(draft, by=office, now=NOW, reason="护理质量委员会第 3 次会议")
    with scoped(scope_of(medical, NOW.date())):
        actions.review(draft, by=medical, now=NOW, passed=True, comment="同意")
        actions.publish(draft, by=medical, now=NOW, effective_from=NOW.date())


def raise_finding(office, code: str):
    from zhikong.foundation.findings import actions
    from zhikong.foundation.findings.rules import Severity
    from zhikong.foundation.organisation.queries import resolve

    department = resolve(name_or_code=code, on=NOW.date())
    return actions.raise_finding(
        by=office,
        now=NOW,
        department=department,
        title=f"{department.name}病案首页主要诊断选择有误",
        detail="抽查 10 份出院病历，3 份主要诊断与病程不符。",
        severity=Severity.MINOR,
        source_kind="inspection",
        source_key=f"2026-11-{code}",
    )


def answer(finding, head) -> None:
    from zhikong.foundation.findings import actions

    actions.answer_cause(finding, by=head, now=NOW, cause="出院前未经质控员核对。")
    actions.propose_measure(finding, by=head, now=NOW, measure="出院前由质控员逐份核对首页。")
    actions.approve(finding, by=head, now=NOW)


def close_month(office) -> None:
    from zhikong.hospital.functions.indicators import actions

    misses = [item.miss for item in actions.state_of(CLOSED_MONTH).open_items]
    if misses:
        words = {"cause": "病例少，个别病例影响大。", "measure": "逐例讨论，下月复查。"}
        actions.analyse_month(by=office, now=NOW, month=CLOSED_MONTH, misses=misses, **words)
    actions.close_month(by=office, now=NOW, month=CLOSED_MONTH)


def publish_brief(office) -> None:
    from zhikong.hospital.overviews.reports import actions

    actions.draft(by=office, now=NOW, month=CLOSED_MONTH)
    actions.publish(by=office, now=NOW, month=CLOSED_MONTH)


def take_passwords_away() -> None:
    from zhikong.foundation.access.models import User

    User.objects.update(password=NO_PASSWORD)


def what_pages_show() -> dict:
    """What the test looks for after an upgrade."""
    from zhikong.foundation.facts import gateway
    from zhikong.foundation.findings.models import Finding
    from zhikong.hospital.functions.indicators.models import Computation, IndicatorValue

    last = IndicatorValue.objects.filter(month=LAST_MONTH, department=None)
    return {
        "data_version": gateway.published().data_version,
        "definitions": Computation.objects.latest().definitions,
        "values": {
            v.indicator_id: [v.numerator, v.denominator, None if v.value is None else str(v.value)]
            for v in last.order_by("indicator_id")
        },
        "findings": {f.number: f.title for f in Finding.objects.order_by("number")},
        "pages": pages_of_daily_life(),
        "closed_month": CLOSED_MONTH,
        "last_month": LAST_MONTH,
    }


def pages_of_daily_life() -> dict[str, list[str]]:
    """Address -> words that stand there: a sheet, a case, the hospital's own definition, a reported month."""
    from zhikong.foundation.flows.models import Case
    from zhikong.foundation.forms.models import Sheet
    from zhikong.foundation.organisation.queries import names
    from zhikong.foundation.packstore.models import Version
    from zhikong.hospital.functions.campaigns.models import Campaign
    from zhikong.hospital.functions.complaints.models.intake import Complaint
    from zhikong.hospital.functions.improvements.models.projects import Project
    from zhikong.hospital.functions.inspections.models.planning import Visit
    from zhikong.hospital.functions.plans.models import PlanDocument
    from zhikong.hospital.functions.policies.models import Policy
    from zhikong.hospital.functions.record_reviews.models import Sample
    from zhikong.hospital.functions.records.models import Obligation
    from zhikong.hospital.functions.reporting.models import FigureSheet
    from zhikong.hospital.functions.risks.models.register import Risk
    from zhikong.hospital.overviews.years.models import Letter

    plan = PlanDocument.objects.order_by("pk").first()
    letter = Letter.objects.filter(state="signed").order_by("pk").first()
    campaign = Campaign.objects.order_by("pk").first()
    policy = Policy.objects.order_by("code").first()
    complaint = Complaint.objects.order_by("pk").first()
    sheet = Sheet.objects.filter(definition_id="crash_cart_round").order_by("pk").first()
    case = Case.objects.filter(flow_id="licences").order_by("pk").first()
    version = Version.objects.get(definition_id=OWN_FORM)
    figures = FigureSheet.objects.filter(state="accepted").order_by("pk").first()
    due = Obligation.objects.filter(state="overdue").order_by("pk").first()
    sample = Sample.objects.order_by("pk").first()
    visit = Visit.objects.order_by("pk").first()
    risk = Risk.objects.exclude(department=None).order_by("pk").first()
    project = Project.objects.order_by("pk").first()
    return {
        f"/records/obligations/{due.pk}/": [due.explanation],
        "/records/rules/first-progress-note-8h/": ["首次病程记录在入院 8 小时内完成"],
        f"/record_reviews/samples/{sample.pk}/": [sample.number],
        f"/inspections/visits/{visit.pk}/": [visit.number, visit.title],
        f"/risks/{risk.pk}/": [risk.number, risk.title],
        f"/improvements/{project.pk}/": [project.number, project.title],
        f"/complaints/{complaint.pk}/": [complaint.number],
        f"/plans/{plan.pk}/": [plan.title, "手术安全核查执行率"],
        f"/years/letter/{letter.pk}/": ["双方已签"],
        f"/campaigns/{campaign.pk}/": [campaign.name],
        f"/policies/{policy.code}/": [policy.code],
        "/incidents/handling/?show=all": ["跌倒、坠床"],
        f"/forms/sheets/{sheet.pk}/view/": [sheet.number, sheet.title],
        f"/flows/cases/{case.pk}/": [case.number, case.title],
        f"/packstore/definitions/form/{OWN_FORM}/": [version.title, f"第 {version.number} 版"],
        f"/reporting/sheets/{figures.pk}/": [names(on=NOW.date())[figures.department_id], "已接收"],
        "/duties/committees/": ["质量管理委员会"],
        "/starting/": [LEFT_OUT],
        "/indicators/library/": ["平均住院日", "无数据来源"],
        f"/indicators/{NOTED}/": [NOTE],
    }


# ---- the dump ------------------------------------------------------------------------------------------------------


def dump(admin_dsn: str, file: Path) -> None:
    """The whole database as INSERTs that any server from version 15 on reads, without psql."""
    from psycopg.conninfo import make_conninfo

    from zhikong.site.supervisor import binaries
    from zhikong.site.supervisor.account import run_as, server_account

    account = server_account()
    program = binaries.folder(account) / "pg_dump"
    asked = [program, "--rows-per-insert=200", "--dbname", make_conninfo(admin_dsn, dbname="zhikong")]
    made = subprocess.run(asked, cwd="/", capture_output=True, check=True, **run_as(account))
    text = UNKNOWN_TO_OLDER.sub("", made.stdout.decode("utf-8"))
    file.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
