"""Pages of files on somebody's responsibility: proposed, opened, heard, concluded; one's own safety file."""

import pytest

from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.hospital.functions.accountability.models import AccountabilityFile


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def doctor(as_role, hospital):
    card = hospital.departments["CARD"]
    client = as_role("physician", card, name="周强")
    person = Person.objects.create(institution_id=hospital.id, name="周强", staff_number="P-1")
    Appointment.objects.create(
        institution_id=hospital.id,
        person=person,
        department_id=card.id,
        post="physician",
        valid_from="2020-01-01",
    )
    client.user.person = person
    client.user.save()
    return client


def proposal(doctor, **more):
    return {
        "person": doctor.user.person_id, "title": "手术前未执行核查", "source": "inspection",
        "source_reference": "医务科检查通报〔2026〕12 号", "grounds": "现场检查三台手术均未执行术前核查。", "declared": "on", **more,
    }  # fmt: skip


@pytest.mark.proves("X-09")
def test_from_the_proposal_to_the_persons_own_page(as_role, hospital, at_noon, doctor):
    keeper, leader = as_role("medical_affairs"), as_role("hospital_leader")
    assert "善意报告受保护" in text(keeper.get("/accountability/new/"))
    text(keeper.post("/accountability/new/", proposal(doctor), follow=True))
    code = AccountabilityFile.objects.get().code
    url = f"/accountability/{code}/"
    assert doctor.get(url).status_code == 404  # not before it is opened
    assert "决定立案" in text(leader.get(url))
    text(leader.post(f"{url}open/", {"text": "检查结论明确，同意立案核实。"}, follow=True))
    text(
        keeper.post(
            f"{url}evidence/",
            {"kind": "document", "reference": "手麻系统", "text": "核查表空白"},
            follow=True,
        )
    )
    page = text(doctor.get(url))
    assert "提交陈述" in page
    assert "作出结论" not in page
    text(doctor.post(f"{url}statement/", {"text": "当日连台，确有疏漏。"}, follow=True))
    told = {"conclusion": "未执行核查事实清楚，批评教育。", "outcome": "criticism", "points": "2"}
    assert "记 2 分" in text(keeper.post(f"{url}conclude/", told, follow=True))
    mine = text(doctor.get("/accountability/mine/"))
    assert "<b>2</b>" in mine
    assert "手术前未执行核查" in mine
    assert "手术前未执行核查" in text(keeper.get("/accountability/"))


def test_a_report_as_ground_is_refused_on_the_page(as_role, hospital, at_noon, doctor):
    page = text(
        as_role("medical_affairs").post(
            "/accountability/new/", proposal(doctor, grounds="据不良事件报告，应予追究。")
        )
    )
    assert "不良事件报告不能作为责任认定的依据" in page
    assert not AccountabilityFile.objects.exists()


def test_ones_own_page_is_for_everybody(as_role, hospital, at_noon):
    page = text(as_role("nurse", hospital.departments["CARD"]).get("/accountability/mine/"))
    assert "您报告过的不良事件不会出现在这里" in page


@pytest.mark.parametrize("role", ["quality_office", "department_head", "nursing", "auditor", "administrator"])
def test_others_do_not_see_files(as_role, hospital, at_noon, role):
    place = hospital.departments["CARD"] if role == "department_head" else None
    client = as_role(role, place)
    assert client.get("/accountability/").status_code == 403
    assert client.get("/accountability/new/").status_code == 403
