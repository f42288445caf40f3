"""A plan is brought in, checked item by item, and every sentence ends as something."""

from html import unescape
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document as Word
from PIL import Image

from tests.pages.conftest import NOW
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.hospital.functions.plans.actions.reviewing import bringing, deciding, ending, reading
from zhikong.hospital.functions.plans.models import ItemDecision, PlanDocument, PlanItem, PlanSentence

WORDS = """2027年医疗质量工作计划
一、工作目标
1、甲级病案率≥92%。
2、均匀住院日≤14天。
3、处方合格率≥100%。
二、工作措施
1、质量管理委员会每季度召开一次会议。
2、科室每月下科室检查病历2次。
3、住院病人很多，大家辛苦了。
4、3月18日至4月18日开展医疗质量安全月活动。
"""


def upload(words=WORDS, name="计划.docx"):
    if not name.endswith(".docx"):
        return SimpleUploadedFile(name, words.encode(), "text/plain")
    made, held = Word(), BytesIO()
    for line in words.splitlines():
        made.add_paragraph(line)
    made.save(held)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return SimpleUploadedFile(name, held.getvalue(), kind)


@pytest.fixture
def plan(office):
    answer = office.post(
        "/plans/upload/", {"file": upload(), "year": 2027, "level": "hospital", "title": "2027 年工作计划"}
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return PlanDocument.objects.get()


def item(plan, words):
    return next(one for one in plan.items.all() if words in one.text or words in one.fields["subject"])


def act(client, plan, verb, **data):
    return client.post(f"/plans/{plan.pk}/act/", {"verb": verb, **data}, headers={"HX-Request": "true"})


@pytest.mark.proves("PLN-01")
def test_what_the_plan_says_stands_beside_its_words(plan, office):
    page = office.get(f"/plans/{plan.pk}/").content.decode()
    assert plan.state == "read"
    assert item(plan, "甲级病案率").fields["value"] == 92
    assert "≥92%" in page
    assert "甲级病案率" in page
    assert plan.file.purpose == "plans.document"
    assert plan.text[plan.items.first().start :].startswith(plan.items.first().text)


def test_an_impossible_amount_is_asked_about_and_put_right_by_one_click(plan, office):
    asked = item(plan, "处方合格率")
    assert asked.doubtful
    page = office.get(f"/plans/{plan.pk}/?show=doubt").content.decode()
    assert "建议改为 =100%" in page
    act(office, plan, "propose", item=asked.pk, revision=f"{asked.pk}:0")
    asked.refresh_from_db()
    assert (asked.state, asked.fields["operator"], asked.found["operator"]) == ("corrected", "=", ">=")
    assert asked.sentence.ending == "adopted"


def test_each_sentence_ends_with_its_items(plan, office):
    target = item(plan, "甲级病案率")
    act(office, plan, "reject", item=target.pk, reason="已由病案科另定")
    target.refresh_from_db()
    assert (target.state, target.sentence.ending) == ("rejected", "informational")
    quiet = plan.sentences.get(start__lte=plan.text.index("辛苦"), end__gt=plan.text.index("辛苦"))
    assert quiet.ending == "informational"


def test_a_rejection_wants_a_reason(plan, office):
    told = act(office, plan, "reject", item=item(plan, "甲级病案率").pk, reason=" ").content.decode()
    assert "请写明不采纳的理由" in told
    assert item(plan, "甲级病案率").state == "open"


def test_a_correction_is_checked_and_kept_beside_what_was_read(plan, office):
    one = item(plan, "均匀住院日")
    prefix = f"i{one.pk}"
    form = office.get(f"/plans/{plan.pk}/items/{one.pk}/").content.decode()
    assert f'name="{prefix}-value"' in form
    data = {"kind": "target", "subject": "平均住院日", "operator": "<=", "value": "9", "unit": ""}
    told = act(office, plan, "correct", item=one.pk, **{f"{prefix}-{k}": v for k, v in data.items()})
    assert "请选单位" in told.content.decode()
    data["unit"] = "days"
    act(office, plan, "correct", item=one.pk, **{f"{prefix}-{k}": v for k, v in data.items()})
    one.refresh_from_db()
    assert (one.state, one.fields["value"], one.found["value"]) == ("corrected", 9, 14)


def test_two_people_do_not_overwrite_each_other(plan, office):
    one = item(plan, "甲级病案率")
    act(office, plan, "accept", item=one.pk, revision=f"{one.pk}:0")
    told = act(office, plan, "inform", item=one.pk, revision=f"{one.pk}:0").content.decode()
    assert "别人刚刚改过" in told
    one.refresh_from_db()
    assert one.state == "accepted"


def test_a_decision_is_taken_back_whole(plan, office):
    act(office, plan, "sure")
    assert plan.items.filter(state="accepted").exists()
    act(office, plan, "undo")
    assert set(plan.items.values_list("state", flat=True)) == {"open"}
    assert ItemDecision.objects.exclude(undone_at=None).count() == 1
    assert "没有可以撤回的操作" in act(office, plan, "undo").content.decode()


def test_what_the_reader_did_not_see_is_added_on_its_words(plan, office):
    start = plan.text.index("住院病人很多")
    told = {"add-kind": "duty", "add-start": start, "add-end": start + 6, "add-subject": "床位调配"}
    act(office, plan, "add", **told)
    made = plan.items.get(source="person")
    assert (made.text, made.fields["subject"], made.sentence.ending) == (
        "住院病人很多",
        "床位调配",
        "adopted",
    )
    told = act(office, plan, "add", **told | {"add-start": 10_000, "add-end": 10_001}).content.decode()
    assert "请先在左侧正文里选中一段文字" in told


def test_likes_are_merged_into_the_first(plan, office):
    first, second = plan.items.all()[:2]
    act(office, plan, "merge", item=[first.pk, second.pk])
    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("merged", first)


def test_a_review_ends_when_nothing_is_open(plan, office):
    assert "没有结论" in act(office, plan, "finish").content.decode()
    act(office, plan, "sure")
    for one in plan.items.filter(state="open"):
        deciding.inform([one], by=office.user, now=NOW)
    left = list(plan.sentences.filter(ending=PlanSentence.Ending.OPEN).values_list("pk", flat=True))
    if left:
        ending.inform_sentences(plan, left, by=office.user, now=NOW)
    act(office, plan, "finish")
    plan.refresh_from_db()
    assert (plan.state, plan.reviewed_by) == ("reviewed", office.user)
    assert reverse("adopting:preview", args=[plan.pk]) in office.get(f"/plans/{plan.pk}/").content.decode()


def test_reading_again_keeps_what_people_decided(plan, office):
    one = item(plan, "甲级病案率")
    act(office, plan, "accept", item=one.pk)
    before = plan.items.count()
    reading.read_again(plan, by=office.user, now=NOW)
    assert plan.items.count() == before
    assert PlanItem.objects.get(pk=one.pk).state == "accepted"


def test_an_adopted_plan_is_not_changed(plan, office):
    PlanDocument.objects.update(state="adopted")
    plan.refresh_from_db()
    with pytest.raises(ValidationError, match="请先撤回采纳"):
        deciding.accept([plan.items.first()], by=office.user, now=NOW)


def test_a_file_that_is_no_plan_is_refused_with_its_reason(office):
    answer = office.post(
        "/plans/upload/",
        {"file": SimpleUploadedFile("x.docx", b"PK\x03\x04broken"), "year": 2027, "level": "hospital"},
    )
    assert answer.status_code == 422
    assert not PlanDocument.objects.exists()


def test_a_long_plan_is_read_by_the_worker(office, django_capture_on_commit_callbacks):
    long = WORDS + "\n".join(f"第{n}项工作照常开展，由各科室按要求落实到位。" for n in range(3000))
    with django_capture_on_commit_callbacks(execute=False) as later:
        office.post("/plans/upload/", {"file": upload(long, "长.txt"), "year": 2027, "level": "hospital"})
    plan = PlanDocument.objects.get()
    assert plan.state == "waiting"
    assert later
    assert "正在读取" in office.get(f"/plans/{plan.pk}/").content.decode()
    reading.read_into(plan, now=NOW)
    page = office.get(f"/plans/{plan.pk}/?part=1").content.decode()
    assert 'aria-current="page">2' in page


def test_who_may_not_adopt_sees_and_does_not_change(plan, as_role):
    head = as_role("department_head")
    page = head.get(f"/plans/{plan.pk}/").content.decode()
    assert "甲级病案率" in page
    assert 'value="accept"' not in page
    assert act(head, plan, "sure").status_code == 403
    assert as_role("physician").get(f"/plans/{plan.pk}/").status_code == 403


def test_an_undone_addition_leaves_its_sentence_as_it_was(plan, office):
    quiet = plan.text.index("辛苦")
    sentence = plan.sentences.get(start__lte=quiet, end__gt=quiet)
    PlanSentence.objects.filter(pk=sentence.pk).update(ending="open", unread="没有读懂")
    act(office, plan, "add", **{"add-kind": "duty", "add-start": quiet, "add-end": quiet + 2})
    sentence.refresh_from_db()
    assert sentence.ending == "adopted"
    act(office, plan, "undo")
    sentence.refresh_from_db()
    assert sentence.ending == "open"
    act(office, plan, "sentences", sentence=sentence.pk)
    act(office, plan, "undo")
    sentence.refresh_from_db()
    assert sentence.ending == "open"


def test_many_are_assigned_and_decided_at_once_as_they_were_seen(plan, office, hospital):
    first, second = plan.items.all()[:2]
    chosen = [f"{one.pk}:0" for one in (first, second)]
    told = act(
        office, plan, "assign", chosen=chosen, department=hospital.departments["CARD"].id, post="科主任"
    )
    assert "已分派 2 条" in told.content.decode()
    first.refresh_from_db()
    assert (first.department_id, first.post, first.state) == (
        hospital.departments["CARD"].id,
        "科主任",
        "open",
    )
    assert "别人刚刚改过" in act(office, plan, "accept", chosen=chosen).content.decode()
    act(office, plan, "accept", chosen=[f"{one.pk}:1" for one in (first, second)])
    assert plan.items.filter(state="accepted").count() == 2


def test_reading_again_neither_doubles_a_corrected_item_nor_opens_what_is_at_work(plan, office):
    one = item(plan, "均匀住院日")
    deciding.correct(one, by=office.user, now=NOW, kind="threshold", fields={"value": 9})
    before = plan.items.count()
    reading.read_again(plan, by=office.user, now=NOW)
    assert (plan.items.count(), plan.state) == (before, "in_review")
    PlanDocument.objects.update(state="adopted")
    plan.refresh_from_db()
    with pytest.raises(ValidationError, match="请先撤回采纳"):
        reading.read_again(plan, by=office.user, now=NOW)


def test_a_large_pdf_is_taken_apart_by_the_worker_and_a_bad_one_says_why(office, monkeypatch):
    monkeypatch.setattr(bringing, "PDF_AT_ONCE", 10)
    made = BytesIO()
    sheet = Image.new("1", (40, 40), 1)
    sheet.save(made, "PDF")
    given = SimpleUploadedFile("空白.pdf", made.getvalue(), "application/pdf")
    office.post("/plans/upload/", {"file": given, "year": 2027, "level": "hospital"})
    plan = PlanDocument.objects.get()
    assert (plan.state, plan.text) == ("waiting", "")
    with scoped(job_scope(plan.institution_id, job="plans.read_document")):
        bringing.read_waiting(plan, now=NOW)
    plan.refresh_from_db()
    assert plan.state == "failed"
    page = unescape(office.get(f"/plans/{plan.pk}/").content.decode())
    assert plan.problem in page
    assert "现在重新读取" in page
