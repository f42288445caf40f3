"""The pages of adopting: the preview, adopting, what was made, taking back."""

import re
from datetime import date

import pytest

from tests import plans
from zhikong.hospital.overviews.adopting.models import Adoption


@pytest.fixture
def document(hospital):
    return plans.write(hospital)


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


def seen_on(page):
    return re.search(r'name="seen" value="(\w+)"', page.content.decode()).group(1)


@pytest.mark.proves("PLN-01")
def test_preview_adopt_look_and_take_back(office, document, at_noon):
    url = f"/adopting/plans/{document.pk}/"
    page = office.get(url)
    text = page.content.decode()
    assert page.status_code == 200
    assert "≤ 14 天" in text
    assert "72 小时" in text
    assert "48 小时" in text
    assert "还没有对应的指标" in text
    assert "暂不采纳，以后再说" in text
    assert not Adoption.objects.exists()
    smile = document.items.get(fields__subject="微笑服务率")
    looked = office.post(url, {"act": "look", f"choice-{smile.pk}": "duty"})
    assert "报告：微笑服务率" in looked.content.decode()
    sent = {"act": "adopt", "seen": seen_on(looked), f"choice-{smile.pk}": "duty"}
    done = office.post(url, sent, follow=True)
    adoption = Adoption.objects.get()
    assert done.redirect_chain[-1][0] == f"/adopting/{adoption.pk}/"
    assert "平均住院日≤14天" in done.content.decode()
    assert office.get(url).url == f"/adopting/{adoption.pk}/"
    assert adoption.title in office.get("/adopting/").content.decode()
    undo = f"/adopting/{adoption.pk}/undo/"
    assert "撤销全部" in office.get(undo).content.decode()
    assert office.post(undo, {"reason": ""}).status_code == 422
    assert office.post(undo, {"reason": "院务会决定暂缓"}).url == f"/adopting/{adoption.pk}/"
    assert "院务会决定暂缓" in office.get(f"/adopting/{adoption.pk}/").content.decode()


def test_a_stale_preview_is_shown_again_and_writes_nothing(office, document, at_noon):
    page = office.post(f"/adopting/plans/{document.pk}/", {"act": "adopt", "seen": "older"})
    assert page.status_code == 422
    assert "情况有变化" in page.content.decode()
    assert not Adoption.objects.exists()


def test_what_was_used_is_told_and_the_rest_offered(office, document, hospital, at_noon):
    from zhikong.foundation.organisation import rosters
    from zhikong.hospital.functions.meetings.models import Meeting

    page = office.get(f"/adopting/plans/{document.pk}/")
    office.post(f"/adopting/plans/{document.pk}/", {"act": "adopt", "seen": seen_on(page)})
    adoption = Adoption.objects.get()
    body = next(
        o.body for o in rosters.committees(on=date(2026, 11, 23)) if o.body.kind == "record_committee"
    )
    Meeting.objects.create(institution_id=hospital.id, body=body, on=date(2026, 12, 10), planned_at=plans.NOW)
    text = office.get(f"/adopting/{adoption.pk}/undo/").content.decode()
    assert "2026-12-10 的会议" in text
    assert "只撤销没有用过的" in text
    refused = office.post(f"/adopting/{adoption.pk}/undo/", {"reason": "换一份"})
    assert refused.status_code == 422
    office.post(f"/adopting/{adoption.pk}/undo/", {"reason": "换一份", "part": "1"})
    adoption.refresh_from_db()
    assert adoption.state == "partly"


def test_who_may_not_is_refused(as_role, hospital, document, at_noon):
    head = as_role("nurse", hospital.departments["CARD"])
    assert head.get(f"/adopting/plans/{document.pk}/").status_code == 403
    assert head.post(f"/adopting/plans/{document.pk}/", {"act": "adopt"}).status_code == 403
    assert not Adoption.objects.exists()
