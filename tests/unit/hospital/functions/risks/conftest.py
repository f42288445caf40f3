"""Those who keep the register, and a risk of cardiology."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def people(hospital, make_user):
    card = hospital.departments["CARD"]
    return SimpleNamespace(
        office=make_user("quality_office", name="王敏"),
        head=make_user("department_head", card, name="李建国"),
        nurse=make_user("nurse", card, name="张护士"),
        leader=make_user("hospital_leader", name="孙院"),
        surgeon=make_user("department_head", hospital.departments["GSUR"], name="钱主任"),
    )


@pytest.fixture
def new_risk(hospital, people):
    """new_risk(4, 5) → a risk of cardiology with that likelihood and severity."""
    from zhikong.hospital.functions.risks.actions.register import writing

    def make(likelihood=None, severity=None, *, now=NOW, **more):
        told = {
            "by": people.head,
            "title": "高浓度电解质误用",
            "category": "medication",
            "scenario": "氯化钾与生理盐水混放，夜班误取后直接静推，患者心跳骤停。",
            "owner": people.head,
            "department_id": hospital.departments["CARD"].id,
        } | more
        return writing.write_risk(now=now, likelihood=likelihood, severity=severity, **told)

    return make
