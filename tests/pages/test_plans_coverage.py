"""The audit of keeping: which sentence of which document has evidence, as of a day, for whom; and the report."""

from datetime import date, datetime
from io import BytesIO

import pytest
from django.utils import timezone
from docx import Document as Word

from tests.pages.conftest import NOW
from tests.unit.foundation.duties.conftest import pack  # noqa: F401
from tests.unit.foundation.duties.samples import written
from zhikong.foundation.duties import actions
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.packstore import shelf
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem, PlanSentence
from zhikong.hospital.functions.plans.queries.coverage import auditing, sentences
from zhikong.hospital.functions.plans.rules_coverage import State

MONDAY = NOW.replace(day=16)
TODAY = date(2026, 11, 22)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def story(hospital, pack, office, at_noon):  # noqa: F811
    """A weekly duty that is missing, a monthly one with evidence in one of three departments, one only offered."""
    source = {
        "source": "{document: 000-P2 科室工作计划；000-P7, clause: L54 每月检查病历；P7 L364 每月开会, mark: verified}"
    }
    (pack / "record_check.yaml").write_text(
        written(
            id="record_check", title="{zh: 病历检查}", due="{day: 18}", evidence="{hand: [report]}", **source
        ),
        "utf-8",
    )
    (pack / "article.yaml").write_text(written(id="article", title="{zh: 投稿}", preset="true"), "utf-8")
    shelf.forget()
    actions.open_occurrences(now=MONDAY)
    done = Occurrence.objects.get(duty_id="record_check", place_name="儿科")
    actions.add_proof(
        done, by=office.user, now=MONDAY, kind="report", title="十一月病历检查", dated_on=MONDAY.date()
    )
    return done


def test_a_sentence_says_how_many_turns_have_evidence_and_leads_to_each(story, office):
    page = text(office.get("/plans/coverage/?period=2026-11"))
    assert "每月检查病历" in page
    assert "部分有证据" in page
    assert "1/3" in page
    assert "没有布置" in page  # what is only offered
    one = text(office.get("/plans/coverage/000-p2-record_check/?period=2026-11"))
    assert "十一月病历检查" in one
    assert f"/duties/{story.pk}/" in one
    assert one.count("没有证据") == 2


def test_a_sentence_that_stands_in_two_documents_is_in_both_and_its_turns_count_once(story, office):
    with_both = sentences.packaged(on=TODAY)
    places = {(one.document.key, one.place) for one in with_both if one.duty_ids == ("record_check",)}
    assert places == {("000-p2", "L54"), ("000-p7", "L364")}
    found = _audit("2026-11")
    assert (found.total.kept, found.total.missing) == (1, 3)  # two departments' checks and the weekly round


def _audit(period, on=TODAY, **asked):
    from zhikong.foundation.duties import periods

    return auditing.audit(auditing.Asked(periods.parse(period), on, **asked), now=timezone.now())


def test_a_past_day_asked_again_gives_the_same(story, office):
    def said(found):
        return (
            [(line.sentence.key, line.state, line.kept, line.missing) for line in found.lines],
            found.trend,
            found.places,
        )

    before = said(_audit("2026-11", on=date(2026, 11, 21)))
    actions.withdraw_proof(story.proofs.get(), by=office.user, now=NOW, reason="登记错了")
    weekly = Occurrence.objects.get(duty_id="weekly_round")
    actions.excuse(weekly, by=office.user, now=NOW, reason="病区装修停诊")
    assert said(_audit("2026-11", on=date(2026, 11, 21))) == before
    assert said(_audit("2026-11")) != before


def test_places_and_documents_narrow(story, office):
    page = text(office.get(f"/plans/coverage/?period=2026-11&place=d{story.department_id}"))
    assert "儿科" in page
    found = _audit("2026-11", place=f"d{story.department_id}")
    assert {line.state for line in found.lines} <= {State.KEPT, State.PENDING}
    assert {line.sentence.document.key for line in _audit("2026-11", document="000-p7").lines} == {"000-p7"}


def test_the_months_and_the_quarter(story, office):
    assert "近 12 个月" in text(office.get("/plans/coverage/?every=quarter"))
    trend = _audit("2026-Q4").trend
    assert [one.key for one in trend][-1] == "2026-11"
    assert len(trend) == 12
    assert trend[-1].per_cent == 25.0


@pytest.mark.parametrize("query", ["period=2026-W47", "period=soon", "on=never", "on=0001-01-01"])
def test_what_is_no_period_is_not_found(story, office, query):
    assert office.get(f"/plans/coverage/?{query}").status_code == 404
    assert office.get("/plans/coverage/no-such-sentence/").status_code == 404


def test_the_report_is_a_paper_with_its_tables(story, office):
    paper = Word(BytesIO(office.get("/plans/coverage/report.docx?period=2026-11").content))
    words = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "履职覆盖审计报告" in words
    assert "有证据 1 项次，没有证据 3 项次，覆盖率 25.0%" in words
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert "每月检查病历" in cells
    assert "心血管内科" in cells


def test_the_hospitals_own_plan_tells_kept_from_informational(story, office, hospital):
    body = "各科室每月检查病历。质量是生命线。年内平均住院日降到八天。再议。"
    plan = PlanDocument.objects.create(
        institution_id=hospital.id, year=2026, title="医疗质量计划", file_name="计划.docx", text=body, state="adopted",
        brought_at=MONDAY, reviewed_at=MONDAY, reviewed_by=office.user,
    )  # fmt: skip
    stops = [0, *(at + 1 for at, sign in enumerate(body) if sign == "。")]
    endings = ("adopted", "informational", "adopted", "open")
    rows = [
        PlanSentence.objects.create(institution_id=hospital.id, document=plan, start=a, end=b, ending=ending)
        for a, b, ending in zip(stops, stops[1:], endings, strict=False)
    ]
    for row, kind, key in ((rows[0], "duty", "record_check"), (rows[2], "target", "average_stay")):
        PlanItem.objects.create(
            institution_id=hospital.id, document=plan, sentence=row, kind=kind, start=row.start, end=row.end,
            state="accepted", adopted_kind=kind, adopted_key=key,
        )  # fmt: skip
    found = _audit("2026-11", document=f"plan-{plan.pk}")
    assert [line.state for line in found.lines] == [
        State.PARTLY,
        State.INFORMATIONAL,
        State.OTHER,
        State.OPEN,
    ]
    assert found.lines[2].sentence.became == "指标目标值"
    page = text(office.get("/plans/coverage/?period=2026-11"))
    assert page.index("2026 医疗质量计划") < page.index("000-P2")
    assert "不是周期职责" in page


def test_a_department_sees_its_own_evidence_only(story, head, as_role, hospital):
    page = text(head.get("/plans/coverage/?period=2026-11"))
    assert "0/1" in page
    assert "十一月病历检查" not in page
    assert as_role("physician", hospital.departments["CARD"]).get("/plans/coverage/").status_code == 403


def test_the_end_of_a_day_is_the_hospitals(at_noon):
    moment = auditing.moment_of(date(2026, 11, 20), now=NOW)
    assert timezone.localtime(moment).date() == date(2026, 11, 20)
    assert auditing.moment_of(date(2030, 1, 1), now=NOW) == NOW
    assert isinstance(moment, datetime)
