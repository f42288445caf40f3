"""The year's pages: roll-over applied and undone, letters signed by both sides, summaries bound to their figures, books."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from docx import Document

from tests.pages.conftest import NOW
from zhikong.hospital.functions.campaigns.actions import start_from_plan
from zhikong.hospital.functions.campaigns.models import Campaign
from zhikong.hospital.functions.indicators import actions as indicators
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import IndicatorTarget
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem, PlanSentence
from zhikong.hospital.overviews.adopting.models import AdoptedThing, Adoption
from zhikong.hospital.overviews.years.actions import letters, rolling, summaries
from zhikong.hospital.overviews.years.documents import letter_template
from zhikong.hospital.overviews.years.models import Letter, RollOver, Summary
from zhikong.hospital.overviews.years.queries import evidence

STAY, DIAGNOSED = "average_length_of_stay", "diagnosis_within_three_days"
JULY = datetime(2027, 7, 10, 2, 0, tzinfo=UTC)


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def words(data):
    return letter_template.text_of(data)


def pdf(data):
    document = pypdfium2.PdfDocument(BytesIO(data))
    return "".join("".join(page.get_textpage().get_text_range() for page in document).split()), len(document)


@pytest.fixture
def leader(as_role):
    return as_role("hospital_leader", name="赵院长")


@pytest.fixture
def rolled(office, figures):
    return rolling.begin(by=office.user, now=NOW, year=2027)


def line_of(found, key, **more):
    return found.lines.get(key=key, **more)


@pytest.mark.proves("PLN-01", "PLN-03")
def test_a_year_is_proposed_decided_applied_and_undone(office, figures):
    page = text(office.post(reverse("years:roll_overs"), {"year": "2027"}, follow=True))
    assert "结转到 2027 年" in page
    found = RollOver.objects.get()
    stay = line_of(found, STAY, department=None)
    assert (stay.rule, stay.result["known"], stay.result["version"]) == (
        "tighten",
        10,
        definitions()[STAY].version,
    )
    missed = line_of(found, "grade_a_records", department=None)
    assert missed.rule in ("keep", "none")
    assert "从不自动放宽" in text(office.get(reverse("years:roll_overs")))
    for kind in ("target", "duty", "body", "theme"):
        text(office.get(reverse("years:roll_over", args=[found.pk]), {"kind": kind}))
    assert "还有" in text(office.post(reverse("years:roll_act", args=[found.pk, "apply"]), follow=True))
    diagnosed = line_of(found, DIAGNOSED, department=None)
    where = reverse("years:choose", args=[found.pk, diagnosed.pk])
    assert "要写明理由" in text(office.post(where, {"choice": "changed", "low": "85"}, follow=True))
    assert "比现行宽" in text(
        office.post(where, {"choice": "changed", "low": "85", "note": "病种变了"}, follow=True)
    )
    theme = found.lines.filter(kind="theme").first()
    office.post(
        reverse("years:choose", args=[found.pk, theme.pk]), {"choice": "dropped", "note": "改由科室自定"}
    )
    text(office.post(reverse("years:roll_act", args=[found.pk, "accept"]), follow=True))
    shown = text(office.get(reverse("years:preview", args=[found.pk])))
    assert "新目标值" in shown
    assert "交质控科办理" in shown
    before = target_book().of(definitions()[STAY], None, "2027-01").target
    assert "已生效" in text(office.post(reverse("years:roll_act", args=[found.pk, "apply"]), follow=True))
    book = target_book()
    assert book.of(definitions()[DIAGNOSED], None, "2027-01").target.low == Decimal(85)
    assert book.of(definitions()[DIAGNOSED], None, "2026-12").target.low == Decimal(90)
    assert book.of(definitions()[STAY], None, "2027-01").target.high < before.high
    plan = words(office.get(reverse("years:plan", args=[found.pk])).content)
    assert "2027 年医疗质量安全工作计划" in plan
    assert "三日确诊率≥85%" in plan.replace("住院患者", "")
    assert f"{theme.now['month']} 月份：{theme.title}" not in plan
    assert "月份：" in plan
    assert "理由" in text(
        office.post(reverse("years:roll_act", args=[found.pk, "undo"]), {"reason": ""}, follow=True)
    )
    undo = {"reason": "院长办公会重议"}
    assert "已整体撤销" in text(
        office.post(reverse("years:roll_act", args=[found.pk, "undo"]), undo, follow=True)
    )
    assert target_book().of(definitions()[STAY], None, "2027-01").target == before
    assert target_book().of(definitions()[DIAGNOSED], None, "2027-01").target.low == Decimal(90)


def test_a_failed_line_leaves_nothing_behind(office, rolled, monkeypatch):
    rolling.accept_rest(by=office.user, now=NOW, found=rolled)
    rows, calls = IndicatorTarget.objects.count(), []

    def second_fails(**given):
        calls.append(given)
        if len(calls) > 1:
            raise ValidationError("不行")
        return indicators.set_target(**given)

    stay = line_of(rolled, DIAGNOSED, department=None)
    rolling.choose(by=office.user, now=NOW, line=stay, choice="open")
    rolling.choose(by=office.user, now=NOW, line=stay, choice="changed", low=Decimal(91), note="试行")
    monkeypatch.setattr(rolling.indicators, "set_target", second_fails)
    with pytest.raises(ValidationError):
        rolling.apply(by=office.user, now=NOW, found=rolled)
    rolled.refresh_from_db()
    assert (IndicatorTarget.objects.count(), rolled.state) == (rows, "draft")


def test_too_little_data_cannot_be_proposed_and_says_why(office, empty_figures):
    empty_figures.add(STAY, None, [(500, 60)] * 3, months=["2026-08", "2026-09", "2026-10"])
    indicators.load_preset(by=None, now=NOW, name="000-P2", valid_from=date(2024, 1, 1))
    empty_figures.finish()
    found = rolling.begin(by=office.user, now=NOW, year=2027)
    stay = line_of(found, STAY, department=None)
    assert not stay.can_propose
    assert "只有 3 个月" in stay.why
    with pytest.raises(ValidationError):
        rolling.choose(by=office.user, now=NOW, line=stay, choice="accepted")


def test_only_who_keeps_the_year_rolls_over(head, leader, rolled):
    for client in (head, leader):
        assert client.get(reverse("years:roll_overs")).status_code == 403
        assert client.post(reverse("years:roll_act", args=[rolled.pk, "apply"])).status_code == 403
    with pytest.raises(PermissionDenied):
        rolling.begin(by=head.user, now=NOW, year=2027)


@pytest.fixture
def issued(office, figures):
    made = letters.draft(by=office.user, now=NOW, year=2026)
    letters.issue_all(by=office.user, now=NOW, year=2026)
    department = figures.hospital.departments["CARD"].id
    assert department in {one.department_id for one in made}
    return Letter.objects.get(year=2026, department_id=department)


@pytest.mark.proves("ORG-27")
def test_a_letter_is_signed_by_both_sides(office, head, leader, issued, as_role, figures):
    page = reverse("years:letter", args=[issued.pk])
    shown = text(head.get(page))
    assert "入院三日确诊率" in shown.replace("住院患者", "")
    sign = reverse("years:letter_act", args=[issued.pk, "sign"])
    assert "内容与您看到的不同" in text(head.post(sign, {"digest": "别的"}, follow=True))
    assert "已签署" in text(head.post(sign, {"digest": issued.digest}, follow=True))
    assert "您这一方已经签署" in text(head.post(sign, {"digest": issued.digest}, follow=True))
    other = as_role("department_head", figures.hospital.departments["GSUR"], name="外科主任")
    assert other.post(sign, {"digest": issued.digest}).status_code == 404
    assert office.post(sign, {"digest": issued.digest}).status_code == 403
    assert "双方已签" in text(leader.post(sign, {"digest": issued.digest}, follow=True))
    said = words(office.get(reverse("years:letter_document", args=[issued.pk])).content)
    assert "李建国" in said
    assert "赵院长" in said
    assert issued.digest[:16] in said
    with ZipFile(BytesIO(office.get(reverse("years:archive", args=[2026])).content)) as packed:
        assert (
            sum(name.endswith("责任状.docx") for name in packed.namelist())
            == Letter.objects.filter(year=2026).count()
        )
    assert head.get(reverse("years:archive", args=[2026])).status_code == 403


def test_a_leader_signs_several_on_what_stood_on_the_page(leader, head, issued):
    rows = list(Letter.objects.filter(year=2026)[:2])
    where = reverse("years:sign_many")
    wrong = [f"{rows[0].pk}:{rows[0].digest}", f"{rows[1].pk}:anders"]
    assert "内容与您看到的不同" in text(leader.post(where, {"sign": wrong}, follow=True))
    assert not Letter.objects.filter(leader_at__isnull=False).exists()  # all or none
    assert "已签署 2 份" in text(
        leader.post(where, {"sign": [f"{one.pk}:{one.digest}" for one in rows]}, follow=True)
    )
    assert Letter.objects.filter(leader_at__isnull=False).count() == 2
    others = [f"{one.pk}:{one.digest}" for one in Letter.objects.exclude(department_id=issued.department_id)]
    assert "已签署 0 份" in text(head.post(where, {"sign": others}, follow=True))


def test_a_letter_is_refused_with_a_reason_and_drafted_anew(office, head, issued):
    refuse = reverse("years:letter_act", args=[issued.pk, "refuse"])
    assert "请写明拒签的理由" in text(head.post(refuse, {"reason": ""}, follow=True))
    assert "目标脱离实际" in text(head.post(refuse, {"reason": "目标脱离实际"}, follow=True))
    made = letters.draft(by=office.user, now=NOW, year=2026, department_ids=[issued.department_id])
    changed = letters.edit(by=office.user, now=NOW, found=made[0], dropped=[1], added="每月分析一次")
    assert [line["number"] for line in changed.content["lines"]] == list(
        range(1, len(changed.content["lines"]) + 1)
    )
    assert changed.digest != issued.digest
    assert (
        head.get(reverse("years:letter", args=[changed.pk])).status_code == 404
    )  # a draft is not for the department


@pytest.mark.proves("ORG-27")
def test_a_signed_letter_is_checked_line_by_line(office, head, leader, issued):
    for client in (head, leader):
        letters.sign(by=client.user, now=NOW, found=issued, digest=issued.digest)
    shown = text(office.post(reverse("years:letter_act", args=[issued.pk, "check"]), follow=True))
    for word in ("已履行", "无法计算"):
        assert word in shown
    check = issued.checks.get()
    stay = next(line for line in check.lines if line.get("trail") and "住院日" in line["text"])
    assert stay["verdict"] == "kept"
    assert "分子" in stay["trail"]
    assert all(line["reason"] for line in check.lines if line["verdict"] == "unknown")
    said = words(office.get(reverse("years:check_document", args=[issued.pk, check.pk])).content)
    assert "履行情况" in said
    text(head.get(reverse("years:letter", args=[issued.pk])))


def test_the_hospitals_template_is_tried_out_first(office, issued):
    from django.core.files.uploadedfile import SimpleUploadedFile

    where = reverse("years:template")

    def sent(content):
        return text(office.post(where, {"file": SimpleUploadedFile("责任状.docx", content)}, follow=True))

    assert "请上传 Word 文件" in sent(b"no word file")
    document = Document()
    document.add_paragraph("{{ department }} {{ leader }} {{ 7*7 }}")
    saved = BytesIO()
    document.save(saved)
    assert "模板缺少" in sent(saved.getvalue())
    document.add_paragraph("{{ ''.__class__.__mro__ }}")
    saved = BytesIO()
    document.save(saved)
    assert "模板不能填写" in sent(saved.getvalue())
    assert "试填通过" in sent(office.get(reverse("years:template_file") + "?own=1").content)


@pytest.mark.proves("REP-05", "REP-03")
def test_a_summary_is_drafted_edited_within_its_figures_and_published(office, head, figures):
    found = summaries.draft(by=office.user, now=NOW, kind="quarter", last_month="2026-09")
    page = reverse("years:summary", args=[found.pk])
    assert head.get(page).status_code == 404
    assert "〔" in text(office.get(page))
    section = found.sections[0]
    edit = reverse("years:summary_act", args=[found.pk, "edit"])
    texts = {one["key"]: one["text"] for one in found.sections}
    wrong = texts | {section["key"]: section["text"] + "另见 5 %〔1〕"}
    assert "数字与依据不符" in text(office.post(edit, wrong), 422)
    assert "没有对应的数据" in text(office.post(edit, texts | {section["key"]: "见 3〔399〕"}), 422)
    kept = texts | {section["key"]: "总的说来：" + section["text"]}
    assert "总的说来" in text(office.post(edit, kept, follow=True))
    assert "已发布" in text(
        office.post(reverse("years:summary_act", args=[found.pk, "publish"]), follow=True)
    )
    assert "总的说来" in text(head.get(page))
    entry = found.figures["entries"][0]
    behind = text(head.get(reverse("years:figure", args=[found.pk, entry["number"]])))
    assert entry["hash"] in behind
    assert "已经发布" in text(
        office.post(reverse("years:summary_act", args=[found.pk, "again"]), follow=True)
    )


def test_a_year_that_is_not_over_is_not_published(office, figures):
    found = summaries.draft(by=office.user, now=NOW, kind="year", last_month="2026-12")
    assert any(one["key"] == "gaps" and "期间尚未结束" in one["text"] for one in found.sections)
    with pytest.raises(ValidationError):
        summaries.publish(by=office.user, now=NOW, found=found)


def test_the_same_moment_gives_the_same_figures_whatever_came_later(office, figures):
    asked = {"kind": "half", "last_month": "2026-06", "as_of": NOW}
    before = evidence.snapshot(**asked)
    later = NOW + timedelta(days=3)
    indicators.set_target(
        by=office.user, now=later, indicator_id=STAY, valid_from=date(2026, 1, 1), at_most=Decimal(5)
    )
    figures.version = "v2"
    figures.add(STAY, None, [(900, 60)] * 24)
    figures.finish(now=later)
    assert evidence.snapshot(**asked) == before
    changed = evidence.snapshot(**(asked | {"as_of": later}))
    stay = next(one for one in changed["entries"] if one["key"] == STAY)
    assert (stay["state"], stay["data_version"]) == ("missed", "v2")


def test_word_has_a_real_footnote_for_every_figure_and_pdf_the_same(office, figures):
    found = summaries.draft(by=office.user, now=NOW, kind="half", last_month="2026-06")
    made = office.get(reverse("years:summary_document", args=[found.pk, "docx"])).content
    with ZipFile(BytesIO(made)) as packed:
        body, notes = packed.read("word/document.xml").decode(), packed.read("word/footnotes.xml").decode()
    quoted = body.count("<w:footnoteReference")
    assert quoted == notes.count("<w:footnoteRef/>") > 2
    assert f"口径 {STAY} 第 1 版" in notes
    assert "〔" not in body
    said, pages = pdf(office.get(reverse("years:summary_document", args=[found.pk, "pdf"])).content)
    assert f"口径{STAY}第1版" in said
    assert f"第1页/共{pages}页" in said


def test_words_of_people_are_never_markup(office, figures):
    found = summaries.draft(by=office.user, now=NOW, kind="half", last_month="2026-06")
    hostile = "特殊 #strong[x] $x$ @b <b>&amp; {{ 7*7 }} {% for %} \\ `"
    texts = {one["key"]: one["text"] for one in found.sections} | {"next": hostile}
    summaries.edit(by=office.user, now=NOW, found=found, texts=texts)
    for kind in ("docx", "pdf"):
        text_ = office.get(reverse("years:summary_document", args=[found.pk, kind])).content
        said = "".join(words(text_).split()) if kind == "docx" else pdf(text_)[0]
        assert "#strong[x]" in said
        assert "{{7*7}}" in said


@pytest.mark.proves("REP-11", "REP-15")
def test_a_department_prints_its_own_record_book(head, figures):
    page = text(head.get(reverse("years:books")))
    assert "心血管内科" in page or "CARD" in page
    card, other = figures.hospital.departments["CARD"].id, figures.hospital.departments["GSUR"].id
    asked = {"first": "2026-08", "last": "2026-10"}
    said, pages = pdf(head.get(reverse("years:book", args=[card]), asked).content)
    assert "质量管理记录本" in said
    assert f"第2页/共{pages}页" in said
    assert "记录人签名" in said
    assert head.get(reverse("years:book", args=[other]), asked).status_code == 404
    assert (
        head.get(reverse("years:book", args=[card]), {"first": "2026-10", "last": "2026-08"}).status_code
        == 404
    )


def adopted(hospital, sentences, *, at=NOW):
    """A plan whose sentences were adopted: [(heading, text, kind, key)]."""
    base = {"institution_id": hospital.id}
    text_ = "\n".join(words for _head, words, _kind, _key in sentences)
    plan = PlanDocument.objects.create(
        **base, year=2026, title="质量计划", text=text_, state="adopted", brought_at=at, reviewed_at=None
    )
    made = Adoption.objects.create(**base, document=plan, title="质量计划", year=2026, adopted_at=at)
    start = 0
    for head, words_, kind, key in sentences:
        place = {"start": start, "end": start + len(words_)}
        row = PlanSentence.objects.create(**base, document=plan, heading=head, **place)
        item = PlanItem.objects.create(**base, document=plan, sentence=row, kind="duty", **place)
        AdoptedThing.objects.create(
            **base, adoption=made, item=item, kind=kind, key=key, title=words_, outcome="new", made=True
        )
        start += len(words_) + 1
    return made


def test_a_plans_sentences_stand_in_the_summary_with_evidence_or_as_gaps(office, figures):
    early = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
    adoption = adopted(
        figures.hospital,
        [
            ("一、目标", "平均住院日≤14天。", "target", f"{STAY}:"),
            ("二、组织", "每季度召开一次质量会议〔注〕。", "duty", "committee_meeting"),
        ],
        at=early,
    )
    found = summaries.draft(by=office.user, now=NOW, kind="half", last_month="2026-06")
    texts = {one["title"]: one["text"] for one in found.sections}
    stay = next(one for one in found.figures["entries"] if one["key"] == STAY)
    assert f"“平均住院日≤14天”：{stay['shown']}〔{stay['number']}〕" in texts["一、目标"]
    assert "二、组织" not in texts  # no sentence without evidence
    assert "每季度召开一次质量会议[注]”：已采纳为职责，期内没有证据" in texts["尚无证据的工作"]
    before = evidence.snapshot(kind="half", last_month="2026-06", as_of=NOW)
    later = NOW + timedelta(days=1)
    Adoption.objects.filter(pk=adoption.pk).update(state="undone", undone_at=later, undone_reason="重议")
    assert evidence.snapshot(kind="half", last_month="2026-06", as_of=NOW) == before
    assert (
        evidence.snapshot(kind="half", last_month="2026-06", as_of=later + timedelta(hours=1))["chapters"]
        == []
    )


@pytest.mark.proves("PLN-04")
def test_a_campaign_is_begun_again_a_year_later_and_taken_back(office, figures):
    campaign = start_from_plan(
        by=office.user, now=NOW, name="医疗质量安全月", starts_on=date(2026, 3, 18), ends_on=date(2026, 4, 18),
        items=[{"title": "病历展评", "due_on": date(2026, 4, 10), "says": "评前十份"}],
        stages=[{"name": "动员", "starts_on": date(2026, 3, 18), "ends_on": None}],
        source={"document": "计划", "key": "plan_item:1"},
    )  # fmt: skip
    found = rolling.begin(by=office.user, now=NOW, year=2027)
    assert line_of(found, str(campaign.pk), kind="campaign").proposed["starts_on"] == "2027-03-18"
    rolling.accept_rest(by=office.user, now=NOW, found=found)
    assert "建立下一年的活动" in text(office.get(reverse("years:preview", args=[found.pk])))
    rolling.apply(by=office.user, now=NOW, found=found)
    made = Campaign.objects.get(year=2027)
    assert (made.starts_on, made.items.get().due_on) == (date(2027, 3, 18), date(2027, 4, 10))
    found.refresh_from_db()
    rolling.undo(by=office.user, now=NOW, found=found, reason="重议")
    assert Campaign.objects.get(year=2027).state == "withdrawn"


def test_what_was_used_cannot_be_undone(office, rolled):
    rolling.accept_rest(by=office.user, now=NOW, found=rolled)
    rolling.apply(by=office.user, now=NOW, found=rolled)
    letters.draft(by=office.user, now=NOW, year=2027)
    letters.issue_all(by=office.user, now=NOW, year=2027)
    rolled.refresh_from_db()
    with pytest.raises(ValidationError, match="责任状"):
        rolling.undo(by=office.user, now=NOW, found=rolled, reason="重议")
    assert "已经用到，不能撤销" in text(office.get(reverse("years:preview", args=[rolled.pk])))


def test_every_address_has_its_entry_in_the_matrix():
    from zhikong.foundation.access import matrix

    assert set(matrix.pages("years")) == set(matrix.addresses("years"))


def test_summaries_of_others_stay_drafts(leader, head, office, figures):
    summaries.draft(by=office.user, now=NOW, kind="half", last_month="2026-06")
    assert Summary.objects.count() == 1
    assert "还没有发布的总结" in text(leader.get(reverse("years:summaries")))
    assert head.post(reverse("years:summaries"), {"period": "half:2026-06"}).status_code == 403
