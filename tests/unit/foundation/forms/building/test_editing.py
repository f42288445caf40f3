"""Edits of a draft by one and by two people: nothing is lost, everything is told."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.unit.foundation.forms.building.drafts import blank
from zhikong.foundation.forms.building import documents, editing, outline
from zhikong.foundation.forms.building.models import DraftStep
from zhikong.foundation.forms.building.outline import EditError
from zhikong.foundation.forms.building.scores import with_full_score
from zhikong.foundation.packstore import actions as packstore

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def wang(make_user):
    return make_user("quality_office", name="王敏")


@pytest.fixture
def li(make_user):
    return make_user("quality_office", name="李静")


@pytest.fixture
def draft(wang):
    return packstore.save_draft(
        by=wang, now=NOW, kind="form", definition_id="round", text=documents.write(with_full_score(blank()))
    )


def retext(item, text):
    return lambda data, _taken: outline.change_item(data, item, {"text": text})


def item_of(outcome, item):
    return outline.find_item(outcome.data, item)


def test_a_change_is_written_at_once(draft, wang):
    outcome = editing.apply(draft.pk, retext("locked", "封条完好"), by=wang, now=NOW, seen=1)
    draft.refresh_from_db()
    assert outcome.changed
    assert "封条完好" in draft.text
    assert draft.revision == outcome.version.revision == 2


def test_no_change_writes_nothing(draft, wang):
    outcome = editing.apply(draft.pk, retext("locked", "上锁"), by=wang, now=NOW)
    assert not outcome.changed
    assert outcome.version.revision == 1


def test_the_full_score_follows_the_items(draft, wang):
    def score(data, _taken):
        return outline.change_item(data, "expired", {"score": {"full": 2.5}})

    assert editing.apply(draft.pk, score, by=wang, now=NOW).data["full_score"] == 12.5
    outcome = editing.apply(
        draft.pk,
        lambda d, _t: outline.delete_item(outline.delete_item(d, "locked"), "expired"),
        by=wang,
        now=NOW,
    )
    assert "full_score" not in outcome.data


def test_the_second_writer_hears_what_came_between_and_both_changes_stand(draft, wang, li):
    editing.apply(draft.pk, retext("locked", "封条完好"), by=wang, now=NOW, seen=1)
    outcome = editing.apply(draft.pk, retext("expired", "药品在效期内"), by=li, now=NOW, seen=1)
    assert item_of(outcome, "locked")["text"] == "封条完好"
    assert item_of(outcome, "expired")["text"] == "药品在效期内"
    assert outcome.conflicts == []
    (step,) = outcome.others
    assert step.by == wang
    assert "上锁 → 封条完好" in step.what


def test_a_change_of_the_same_field_is_refused_aloud(draft, wang, li):
    editing.apply(draft.pk, retext("locked", "王的"), by=wang, now=NOW, seen=1)
    outcome = editing.apply(draft.pk, retext("locked", "李的"), by=li, now=NOW, seen=1)
    assert item_of(outcome, "locked")["text"] == "王的"
    (sentence,) = outcome.conflicts
    assert "王的" in sentence
    assert "李的" in sentence


def test_two_new_items_at_once_get_two_ids(draft, wang, li):
    def add(data, taken):
        return outline.add_item(data, section_id="drugs", taken=taken)[0]

    editing.apply(draft.pk, add, by=wang, now=NOW, seen=1)
    outcome = editing.apply(draft.pk, add, by=li, now=NOW, seen=1)
    assert {i["id"] for i in outline.items(outcome.data)} == {"locked", "why", "expired", "item_1", "item_2"}


def test_a_deleted_number_does_not_come_back(draft, wang):
    def add(data, taken):
        return outline.add_item(data, section_id="drugs", taken=taken)[0]

    editing.apply(draft.pk, add, by=wang, now=NOW)
    editing.apply(draft.pk, lambda d, _t: outline.delete_item(d, "item_1"), by=wang, now=NOW)
    outcome = editing.apply(draft.pk, add, by=wang, now=NOW)
    assert [i["id"] for i in outline.items(outcome.data)][-1] == "item_2"


def test_undo_and_redo(draft, wang):
    editing.apply(draft.pk, retext("locked", "一"), by=wang, now=NOW)
    editing.apply(draft.pk, retext("locked", "二"), by=wang, now=NOW)
    assert item_of(editing.undo(draft.pk, by=wang, now=NOW), "locked")["text"] == "一"
    assert item_of(editing.undo(draft.pk, by=wang, now=NOW), "locked")["text"] == "上锁"
    with pytest.raises(EditError, match="没有可以撤销"):
        editing.undo(draft.pk, by=wang, now=NOW)
    assert item_of(editing.redo(draft.pk, by=wang, now=NOW), "locked")["text"] == "一"
    assert item_of(editing.redo(draft.pk, by=wang, now=NOW), "locked")["text"] == "二"
    with pytest.raises(EditError, match="没有可以重做"):
        editing.redo(draft.pk, by=wang, now=NOW)


def test_undo_takes_back_my_own_change_and_leaves_the_others(draft, wang, li):
    editing.apply(draft.pk, retext("locked", "王的"), by=wang, now=NOW)
    editing.apply(draft.pk, retext("expired", "李的"), by=li, now=NOW)
    outcome = editing.undo(draft.pk, by=wang, now=NOW)
    assert item_of(outcome, "locked")["text"] == "上锁"
    assert item_of(outcome, "expired")["text"] == "李的"


def test_undo_does_not_take_back_what_another_wrote_over_it(draft, wang, li):
    editing.apply(draft.pk, retext("locked", "王的"), by=wang, now=NOW)
    editing.apply(draft.pk, retext("locked", "李的"), by=li, now=NOW)
    with pytest.raises(EditError, match="不能撤销"):
        editing.undo(draft.pk, by=wang, now=NOW)
    draft.refresh_from_db()
    assert "李的" in draft.text


def test_a_text_written_elsewhere_is_one_of_the_steps(draft, wang, li):
    editing.apply(draft.pk, retext("locked", "一"), by=wang, now=NOW)
    draft.refresh_from_db()
    packstore.save_draft(
        by=li, now=NOW, kind="form", definition_id="round", text=draft.text.replace("原因", "说明")
    )
    outcome = editing.apply(draft.pk, retext("expired", "三"), by=wang, now=NOW, seen=2)
    assert item_of(outcome, "why")["text"] == "说明"
    assert [s.by for s in outcome.others] == [li]
    assert [s.kind for s in DraftStep.objects.filter(version=draft)] == ["outside", "edit", "outside", "edit"]


def test_what_is_with_a_reviewer_is_not_edited(draft, wang, li):
    text = (
        "id: short\nversion: 1\nkind: checklist\ntitle: {zh: 短}\npurpose: 试验\n"
        "source: {document: 本院制度, mark: memory}\nowner: nursing\nchecker: quality_office\n"
        "next_review: 2027-12-31\nsections:\n  - {id: a, title: 甲, items: [{id: x, type: yes_no, text: 题}]}\n"
    )
    version = packstore.save_draft(by=wang, now=NOW, kind="form", definition_id="short", text=text)
    packstore.submit_for_review(version, by=wang, now=NOW, reason="试验用")
    with pytest.raises(ValidationError, match="不是草稿"):
        editing.apply(version.pk, retext("x", "改"), by=wang, now=NOW)


def test_who_may_not_edit_definitions_is_refused(draft, make_user, hospital):
    nurse = make_user("nurse", hospital.departments["CARD"])
    with pytest.raises(PermissionDenied):
        editing.apply(draft.pk, retext("locked", "x"), by=nurse, now=NOW)
