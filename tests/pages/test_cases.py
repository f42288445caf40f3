"""The cases behind a number, from a delivered file to the reader's screen: who sees which rows and which names."""

import re
import uuid
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.loads import NOW, line, make_institution, worker_role, write_csv

CARDIOLOGY, SURGERY = ("赵一鸣", "钱二虎", "孙三省"), ("李四光", "周五常")
PAGE = "/indicators/inpatient_mortality/"
SEPTEMBER = "month=2026-09"


@pytest.fixture(scope="module")
def ward(django_db_setup, django_db_blocker, tmp_path_factory):
    """Three stays of cardiology, one of them a death, and two of surgery, delivered and computed; all committed."""
    with django_db_blocker.unblock():
        with worker_role():
            made = make_institution(f"W{uuid.uuid4().hex[:8]}")
            rows = [line(1, 姓名=CARDIOLOGY[0], 离院方式="5")]
            rows += [line(n, 姓名=name) for n, name in enumerate(CARDIOLOGY[1:], 2)]
            rows += [line(n, 姓名=name, 出院科室="GSUR") for n, name in enumerate(SURGERY, 4)]
            made.load(write_csv(tmp_path_factory.mktemp("ward") / "a.csv", rows))
            compute(made)
        yield made


def compute(made):
    from zhikong.hospital.functions.indicators import actions

    with made.scoped():
        actions.recompute(by=None, now=NOW)


@pytest.fixture
def sign_in(ward, committed):
    """sign_in("physician", "CARD") → a client of that role in the ward's hospital."""
    from django.test import Client

    def enter(role, department=None):
        client = Client()
        client.user = account(ward, role, department)
        client.force_login(client.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return enter


def account(ward, role, department):
    from zhikong.foundation.access.models import RoleAssignment, User
    from zhikong.foundation.organisation.models import Department

    with ward.scoped():
        user = User(username=f"{role}-{uuid.uuid4().hex[:8]}", institution_id=ward.id)
        user.set_unusable_password()
        user.save()
        place = Department.objects.get(code=department) if department else None
        RoleAssignment.objects.create(
            institution_id=ward.id, user=user, role=role, department=place, valid_from=date(2020, 1, 1)
        )
    return user


def reads(ward, user, subject):
    """What the trail keeps of a reader's looks: (purpose, count)."""
    from zhikong.foundation.audit.models import AuditEvent

    with ward.scoped():
        found = AuditEvent.objects.filter(actor=user.username, subject=subject, action="read").order_by("pk")
        return [(event.after["purpose"], event.after["count"]) for event in found]


def place(ward, code):
    from zhikong.foundation.organisation.models import Department

    with ward.scoped():
        return Department.objects.get(code=code).pk


def listed(client, query):
    """(name, department) of each row of the list."""
    page = client.get(f"{PAGE}cases/?{SEPTEMBER}&{query}")
    assert page.status_code == 200
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        (row, re.search(r'data-label="科室">([^<]*)<', rest)[1])
        for row, rest in re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', body, re.S)
    ]


@pytest.mark.proves("IND-53", "F-32")
def test_the_office_gets_the_rows_that_add_up_to_the_number_with_masked_names(sign_in, ward):
    office = sign_in("quality_office")
    assert "1 / 5" in office.get(f"{PAGE}?{SEPTEMBER}").content.decode()
    assert listed(office, "part=numerator") == [("赵**", "心血管内科")]
    everybody = listed(office, "part=denominator")
    assert sorted(everybody) == sorted(
        [(f"{name[0]}**", "心血管内科") for name in CARDIOLOGY]
        + [(f"{name[0]}**", "普通外科") for name in SURGERY]
    )
    assert len(listed(office, "part=missed")) == 4
    assert [count for _, count in reads(ward, office.user, "facts.cases")] == [1, 5, 4]
    assert reads(ward, office.user, "patients.identity") == []  # no name was seen


def test_the_treating_physician_sees_names_of_the_own_department_and_each_look_is_kept(sign_in, ward):
    physician = sign_in("physician", "CARD")
    assert sorted(listed(physician, "part=denominator")) == sorted((n, "心血管内科") for n in CARDIOLOGY)
    assert reads(ward, physician.user, "patients.identity") == [("核对指标 住院患者死亡率 2026-09", 3)]
    surgery = place(ward, "GSUR")
    refused = physician.get(f"{PAGE}cases/?{SEPTEMBER}&part=denominator&department={surgery}")
    assert refused.status_code == 404
    assert not any(name in refused.content.decode() for name in SURGERY)


@pytest.mark.parametrize(
    ("role", "department", "shown"),
    [
        ("record_reviewer", None, CARDIOLOGY + SURGERY),
        ("complaint_officer", None, CARDIOLOGY + SURGERY),
        ("head_nurse", "GSUR", SURGERY),
        ("hospital_leader", None, ()),
        ("medical_affairs", None, ()),
        ("nursing", None, ()),
    ],
)
def test_names_on_the_screen_and_in_the_workbook_are_the_same(sign_in, ward, role, department, shown):
    client = sign_in(role, department)
    page = client.get(f"{PAGE}cases/?{SEPTEMBER}&part=denominator").content.decode()
    answer = client.get(f"{PAGE}cases/export/?{SEPTEMBER}&part=denominator")
    sheet = load_workbook(BytesIO(answer.content)).active
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    for name in CARDIOLOGY + SURGERY:
        assert (name in page, name in cells) == (name in shown, name in shown), name
    assert len(reads(ward, client.user, "patients.identity")) == (2 if shown else 0)


def test_an_indicator_without_data_says_so_instead_of_failing(sign_in, ward):
    office = sign_in("quality_office")
    for address in ("cases/", "cases/export/"):
        page = office.get(f"/indicators/bed_occupancy/{address}?{SEPTEMBER}", follow=True)
        assert page.status_code == 200
        assert "尚未接入“床位日报”数据" in page.content.decode()


@pytest.mark.proves("IND-47", "SYS-05")
def test_a_delivery_changes_the_page_with_a_stamp_of_its_freshness(sign_in, ward, tmp_path):
    from zhikong.foundation.outbox.actions import deliver_pending

    office, october = sign_in("quality_office"), f"{PAGE}?month=2026-10"
    assert "0 / 2" not in office.get(october).content.decode()
    left = {"入院时间": "2026-10-02 08:00:00", "出院时间": "2026-10-09 10:30:00"}
    with worker_role():
        ward.load(write_csv(tmp_path / "b.csv", [line(n, **left) for n in (8, 9)]))
        with ward.scoped():
            deliver_pending(now=NOW)  # what the worker does when it hears of the publication
    page = office.get(october).content.decode()
    assert "0 / 2" in page
    assert "2026-11-22 12:00" in page  # NOW in the hospital's clock
