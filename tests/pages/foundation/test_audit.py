"""The audit page: for the auditor and the quality office, of one's own hospital."""

import pytest

from zhikong.foundation.access.scope import rescope
from zhikong.foundation.organisation.models import Person


@pytest.mark.parametrize("role", ["auditor", "quality_office"])
def test_the_trail_shows_who_changed_what(as_role, hospital, role):
    client = as_role(role)
    Person.objects.create(institution_id=hospital.id, staff_number="T1", name="李雷")
    Person.objects.filter(staff_number="T1").update(name="韩梅梅")
    page = client.get(
        "/audit/?since=2020-01-01&until=2100-01-01&subject=organisation_person"
    ).content.decode()
    assert "李雷 → 韩梅梅" in page
    assert "系统任务（job:tests）" in page


def test_an_auditors_home_counts_the_looks_and_leads_to_them(as_role):
    client = as_role("auditor")
    page = client.get("/").content.decode()
    assert "今天查看敏感数据" in page
    address = page.split("今天登录失败")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert client.get(address).status_code == 200


def test_a_wrong_date_is_explained(as_role):
    page = as_role("auditor").get("/audit/?since=gestern&until=2026-01-01")
    assert page.status_code == 200
    assert "自：" in page.content.decode()


@pytest.mark.parametrize("role", ["physician", "department_head", "hospital_leader", "administrator"])
def test_others_are_refused(as_role, hospital, role):
    answer = as_role(role, hospital.departments["CARD"]).get("/audit/")
    assert answer.status_code == 403
    assert "查看审计记录" in answer.content.decode()


def test_another_hospitals_trail_is_not_shown(as_role, hospital, other_hospital):
    client = as_role("auditor")
    rescope(other_hospital.scope())
    Person.objects.create(institution_id=other_hospital.id, staff_number="B1", name="别院的人")
    rescope(hospital.scope())
    page = client.get(
        "/audit/?since=2020-01-01&until=2100-01-01&subject=organisation_person"
    ).content.decode()
    assert "别院的人" not in page
