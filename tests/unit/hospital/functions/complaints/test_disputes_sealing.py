"""Sealing before both sides, the lock on the record, the opening (CMP-17, WF-11)."""

from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from tests.unit.hospital.functions.complaints import disputing as case_of
from tests.unit.hospital.functions.complaints.disputing import LINE, NOW, TODAY, later
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.facts.sealing import lock_record, refusal, require_unsealed, sealed_since
from zhikong.hospital.functions.complaints import documents_disputes as documents
from zhikong.hospital.functions.complaints import papers_disputes as papers
from zhikong.hospital.functions.complaints.actions.disputes import sealing
from zhikong.hospital.functions.complaints.models.disputes_sealing import RecordLock, Sealing


@pytest.fixture
def who(hospital, make_user):
    return case_of.people(hospital, make_user)


def things(who, **more):
    told = {
        "kind": "item", "patient": "赵某", "reason": "输液后寒战", "place": "病区治疗室", "seal_number": "FT-9",
        "kept_at": "药学部冰箱", "items": [{"name": "剩余输液", "kind": "infusion", "quantity": "1 袋", "batch": "B7"}],
        "department_id": who.card.id, "tester": "市药检所",
    } | more  # fmt: skip
    return sealing.prepare(by=who.office, now=NOW, **told)


@pytest.mark.proves("CMP-17")
@pytest.mark.proves("WF-11")
def test_a_record_is_locked_for_everybody_from_the_seal_to_the_opening(who):
    assert sealed_since("S-1") is None
    made = case_of.sealed(who, unfinished=True)
    for user in (who.head, who.stranger, who.doctor, who.quality):
        with scoped(scope_of(user, TODAY)):
            assert sealed_since("S-1") == NOW, user
            assert "已于 2026-11-23 10:00 封存" in refusal("S-1")
            with pytest.raises(ValidationError, match="启封前不能修改"):
                require_unsealed("S-1")
    with scoped(scope_of(who.stranger, TODAY)):  # that it is locked, not why and before whom
        assert not Sealing.objects.filter(pk=made.pk).exists()
    require_unsealed("S-2")
    with pytest.raises(ValidationError, match="还缺"):
        sealing.open_seal(made, by=who.office, now=later(days=9), reason="双方要求", seal_state="完好")
    case_of.signed(made, who, "open", now=later(days=9))
    sealing.open_seal(made, by=who.office, now=later(days=9), reason="双方要求", seal_state="完好")
    assert sealed_since("S-1") is None
    assert RecordLock.objects.get(sealing=made).unsealed_at == later(days=9)


def test_two_envelopes_of_one_record_and_it_is_open_only_when_both_are(who):
    first = case_of.sealed(who, unfinished=True)
    later_part = case_of.sealed(who, number="FT-002", continues=first, now=later(days=2))
    case_of.signed(first, who, "open", now=later(days=3))
    sealing.open_seal(first, by=who.office, now=later(days=3), reason="鉴定用", seal_state="完好")
    assert sealed_since("S-1") == later_part.sealed_at
    with pytest.raises(ValidationError, match="已启封"):
        sealing.open_seal(first, by=who.office, now=later(days=3), reason="再开一次", seal_state="完好")


def test_one_side_alone_seals_nothing_and_a_refusal_needs_a_notary(who):
    made = things(who)
    sealing.sign(made, by=who.office, now=NOW, act="seal", side="hospital", name="", relation="医务科")
    with pytest.raises(ValidationError, match="患方"):
        sealing.seal(made, by=who.office, now=NOW)
    with pytest.raises(ValidationError, match="公证"):
        sealing.seal(made, by=who.office, now=NOW, absent_reason="家属拒绝到场")
    with pytest.raises(ValidationError, match="签名框"):
        sealing.sign(
            made, by=who.office, now=NOW, act="seal", side="notary", name="郑公证", relation="公证处"
        )
    sealing.sign(
        made,
        by=who.office,
        now=NOW,
        act="seal",
        side="notary",
        name="郑公证",
        relation="市公证处",
        strokes=LINE,
    )
    sealing.seal(made, by=who.office, now=NOW, absent_reason="家属拒绝到场")
    with pytest.raises(ValidationError, match="封存中"):
        sealing.drop(made, by=who.office, now=NOW, reason="反悔")
    with pytest.raises(PermissionDenied):
        sealing.sign(made, by=who.head, now=NOW, act="open", side="hospital", name="", relation="科主任")


def test_things_are_listed_tested_and_blood_is_told_to_its_centre(who):
    for change, said in (
        ({"tester": ""}, "检验机构"),
        ({"items": []}, "清单是空的"),
        ({"items": [{"name": "输液", "kind": "infusion"}]}, "页数或数量"),
        ({"items": [{"name": "红细胞", "kind": "blood", "quantity": "1 U"}]}, "血站"),
        ({"items": [{"name": "不知何物", "quantity": "1"}]}, "种类"),
    ):
        with pytest.raises(ValidationError, match=said):
            things(who, **change)
    things(who)
    with pytest.raises(ValidationError, match="封条编号已经用过"):
        things(who)


def test_alone_the_hospital_opens_only_after_three_years(who):
    made = case_of.sealed(who)
    told = {"by": who.office, "reason": "满三年患方未提出", "seal_state": "完好", "alone": True}
    with pytest.raises(ValidationError, match="没有满 3 年"):
        sealing.open_seal(made, now=NOW.replace(year=2029), **told)
    opened = sealing.open_seal(made, now=NOW.replace(year=2029, day=24), **told)
    assert opened.alone


def test_whoever_asked_writes_before_the_seal_comes_down(hospital):
    """The lock and the question exclude each other, so that nothing slips in between."""
    require_unsealed("S-9")
    got = []

    def other():
        key = f"zhikong.sealing:{hospital.id}:S-9"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            got.append(cursor.fetchone()[0])
        connection.close()

    for expected in (False,):
        thread = Thread(target=other)
        thread.start()
        thread.join()
        assert got == [expected]
    lock_record("S-8")  # another record is not held up


def test_the_list_is_a_paper_with_both_signatures(who):
    content = documents.sealing_list(case_of.sealed(who), by=who.office, now=NOW)
    signed = [one.label for section in content.sections for one in section.signatures]
    assert signed == ["医方（医务科）", "患方（女儿）", "见证人"]
    assert papers.word(content)[:2] == b"PK"
    assert papers.pdf(content)[:4] == b"%PDF"
