"""A round on the crash cart: it proves the week's duty, and one that fails leads to a finding with its facts."""

from datetime import UTC, datetime, timedelta

import pytest

from zhikong.foundation.access.models import User
from zhikong.foundation.duties import actions as duties
from zhikong.foundation.duties import queries as duty_queries
from zhikong.foundation.findings import sources
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms import defects, queries
from zhikong.foundation.notices.models import Notice, Receipt
from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.site.demo.duties_story import CART, DEVICES, DRUGS

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)  # Wednesday of 2026-W47
PASSWORD = "Rounds-2026-test"


@pytest.fixture
def people(hospital, make_user):
    nurse = make_user("head_nurse", hospital.departments["CARD"], name="周护士长")
    nurse.set_password(PASSWORD)
    nurse.save()
    return {
        "nurse": nurse,
        "nursing": make_user("nursing", name="何护理"),
        "officer": make_user("qc_officer", hospital.departments["CARD"], name="钱质控"),
        "office": make_user("quality_office", name="王敏"),
    }


def hand_in(nurse, hospital, form_id, answers, **opening):
    sheet = forms.open_sheet(
        by=nurse, now=NOW, form_id=form_id, department_id=hospital.departments["CARD"].id, **opening
    )
    drugs = [{"par": 5, "count": 5, "expires": "2027-12-31"}] * DRUGS
    own = {"drugs": drugs} if form_id == "crash_cart_round" else {}
    forms.save_answers(sheet, by=nurse, now=NOW, raw={**answers, **own, "checked_at": "2026-11-18T10:00"})
    forms.sign(sheet, by=User.objects.get(pk=nurse.pk), now=NOW, item="signature", password=PASSWORD)
    forms.submit(sheet, by=nurse, now=NOW)
    deliver_pending(now=NOW)
    return queries.sheet(sheet.pk)


@pytest.mark.proves("IND-13")
def test_a_round_proves_the_weeks_duty(people, hospital):
    duties.open_occurrences(now=NOW - timedelta(days=2))
    weekly = duty_queries.history(duty_id="crash_cart_weekly", department_id=hospital.departments["CARD"].id)[
        0
    ]
    assert duty_queries.owner_of(weekly) == people["nurse"]
    sheet = hand_in(people["nurse"], hospital, "crash_cart_round", CART)
    weekly.refresh_from_db()
    assert weekly.done_on == NOW.date()
    assert weekly.proofs.get().url == f"/forms/sheets/{sheet.pk}/view/"
    assert sheet.passed is True
    assert defects.proposal(people["officer"], sheet, queries.definition(sheet)) is None
    assert not Notice.objects.filter(source_kind="sheet").exists()


def test_a_returned_round_no_longer_proves_it(people, hospital):
    duties.open_occurrences(now=NOW - timedelta(days=2))
    sheet = hand_in(people["nurse"], hospital, "crash_cart_round", CART)
    forms.return_sheet(sheet, by=people["nursing"], now=NOW, reason="氧气压力写错了")
    deliver_pending(now=NOW)
    weekly = duty_queries.history(duty_id="crash_cart_weekly", department_id=hospital.departments["CARD"].id)[
        0
    ]
    assert weekly.is_open
    forms.sign(sheet, by=people["nurse"], now=NOW, item="signature", password=PASSWORD)
    forms.submit(sheet, by=people["nurse"], now=NOW)
    deliver_pending(now=NOW)
    weekly.refresh_from_db()
    assert not weekly.is_open


@pytest.mark.proves("CAP-14")
def test_a_failed_round_is_told_and_proposes_a_finding_with_its_facts(people, hospital):
    wrong = {**CART, "suction": "no", "bag_valve_mask": "no"}
    sheet = hand_in(people["nurse"], hospital, "crash_cart_round", wrong)
    assert (sheet.passed, sheet.total) == (False, 80)
    offered = defects.proposal(people["officer"], sheet, queries.definition(sheet))
    assert any("吸引器" in line for line in offered.lines)
    assert offered.raise_url == f"/findings/raise/?source=sheet&key={sheet.pk}"
    assert defects.proposal(people["nurse"], sheet, queries.definition(sheet)).raise_url == ""
    source = sources.describe("sheet", str(sheet.pk))
    assert source.departments == (hospital.departments["CARD"].id,)
    assert "得分 80" in source.detail
    notice = Notice.objects.get(source_kind="sheet")
    readers = set(Receipt.objects.filter(notice=notice).values_list("user_id", flat=True))
    assert readers == {people["nursing"].pk, people["officer"].pk}  # not the nurse who handed it in


def test_a_defibrillator_that_does_not_discharge_fails_the_whole_round(people, hospital):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from zhikong.foundation.files import actions as files

    photo = files.store(
        by=people["nurse"], now=NOW, upload=SimpleUploadedFile("self-test.txt", b"error 7", "text/plain"),
        department_id=hospital.departments["CARD"].id, purpose="forms.item",
    )  # fmt: skip
    wrong = {**DEVICES, "defibrillator": "no", "defibrillator__files": [photo.pk]}
    sheet = hand_in(people["nurse"], hospital, "equipment_round", wrong)
    assert (sheet.passed, sheet.vetoes) == (False, 1)
    assert sources.describe("sheet", str(sheet.pk)).severity == "major"


def test_a_duty_begins_its_sheet_and_only_once(people, hospital):
    from zhikong.foundation.duties.sheets import start

    duties.open_occurrences(now=NOW - timedelta(days=2))
    weekly = duty_queries.history(duty_id="crash_cart_weekly", department_id=hospital.departments["CARD"].id)[
        0
    ]
    first = start(weekly, "crash_cart_round", by=people["nurse"], now=NOW)
    assert start(weekly, "crash_cart_round", by=people["nurse"], now=NOW) == first
    sheet = queries.sheet_of_source(source_kind="duty", source_key=str(weekly.pk))
    assert (sheet.period, first) == ("2026-W47", f"/forms/sheets/{sheet.pk}/")
