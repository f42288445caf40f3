"""People around a complaint, and one that came in by telephone."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in the hospital


@pytest.fixture
def staff(hospital, make_user):
    card = hospital.departments["CARD"]
    return SimpleNamespace(
        officer=make_user("complaint_officer", name="吴专员"),
        head=make_user("department_head", card, name="李建国"),
        other_head=make_user("department_head", hospital.departments["GSUR"], name="郑主任"),
        nurse=make_user("nurse", card, name="孙护士"),
        physician=make_user("physician", card, name="钱医师"),
        medical=make_user("medical_affairs", name="赵医务"),
        leader=make_user("hospital_leader", name="郑国安"),
        office=make_user("quality_office", name="王敏"),
    )


@pytest.fixture
def come_in(staff, hospital):
    """come_in(by=…, **what) → what was registered."""
    from zhikong.hospital.functions.complaints.actions.intake.registering import Told, register

    def make(by=None, now=MONDAY, **changes):
        told = {
            "channel": "phone", "content": "术后两天没有人换药，问护士不解释。", "demand": "说明原因。", "who": "family",
            "name": "陈家属", "phone": "138 0013 8000", "department_id": hospital.departments["CARD"].id, "category": "treatment",
        } | changes  # fmt: skip
        return register(by=by or staff.officer, now=now, told=Told(**told))

    return make
