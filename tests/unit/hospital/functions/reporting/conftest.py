"""A hospital in November 2026 whose departments have to report October."""

from datetime import UTC, datetime

import pytest

from zhikong.hospital.functions.reporting.rules import Cell

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in the hospital
MONTH = "2026-10"
FULL = {
    "basics_exam": Cell(19, 20, evidence="10 月三基成绩单", explanation="一人补考"),
    "basics_training": Cell(32, 32),
    "outpatient_record": Cell(19, 20),
    "prescription": Cell(58, 60),
    "equipment": Cell(100, 102),
    "emergency_equipment": Cell(20, 20),
    "rescue": Cell(9, 10),
    "discharged": Cell(130),
}


@pytest.fixture
def officer(make_user, hospital):
    return make_user("qc_officer", hospital.departments["CARD"], name="周质控")


@pytest.fixture
def office(make_user):
    return make_user("quality_office", name="王敏")


@pytest.fixture
def open_sheet(hospital, officer):
    """open_sheet("CARD") → the department's sheet of October, empty."""
    from zhikong.hospital.functions.reporting import actions

    def make(code="CARD", set_id="clinical_monthly", by=officer):
        return actions.open_sheet(
            by=by, now=NOW, set_id=set_id, department_id=hospital.departments[code].id, month=MONTH
        )

    return make


@pytest.fixture
def filled(open_sheet, officer):
    """Cardiology's sheet with every row right."""
    from zhikong.hospital.functions.reporting import actions

    sheet = open_sheet()
    actions.save_rows(sheet, by=officer, now=NOW, cells=FULL)
    return sheet


@pytest.fixture
def submitted(filled, officer, office):
    from zhikong.hospital.functions.reporting import actions

    actions.submit(filled, by=officer, now=NOW)
    return filled
