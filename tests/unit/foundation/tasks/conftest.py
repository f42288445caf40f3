from datetime import UTC, date, datetime

import pytest

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = date(2026, 12, 11)


@pytest.fixture
def ward(make_user, hospital):
    """People of one department, of another one, and of the house."""
    card, surgery = hospital.departments["CARD"], hospital.departments["GSUR"]
    return {
        "head": make_user("department_head", card, name="李建国"),
        "doctor": make_user("physician", card, name="周强"),
        "nurse": make_user("head_nurse", card, name="赵敏"),
        "surgeon": make_user("physician", surgery, name="孙立"),
        "office": make_user("quality_office", name="王敏"),
        "admin": make_user("administrator", name="郑洁"),
    }


@pytest.fixture
def task_for(ward, hospital):
    from zhikong.foundation.tasks import actions

    def make(who, title="一件事", **changes):
        values = {
            "by": ward["office"], "now": NOW, "owner": ward[who], "title": title, "due_on": DUE,
            "due_reason": "十四个工作日内", "source_kind": "test", "source_key": title,
            "department_id": hospital.departments["CARD"].id,
        }  # fmt: skip
        return actions.assign(**{**values, **changes})

    return make
