"""A ward with its nurse and head nurse, the nursing office, and the crash cart's form as it is shipped."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

NOW = datetime(2026, 11, 22, 6, 3, tzinfo=UTC)  # 14:03 in the hospital
CART = "crash_cart_round"
HEAD = """
id: small
version: 1
kind: checklist
title: {zh: 小表}
purpose: 用于测试
source: {document: 测试, mark: memory}
owner: nursing
checker: quality_office
next_review: 2027-10-31
"""


def form_of(sections: str, head: str = ""):
    """A FormDefinition from the YAML of its sections; fails with the problems when it is wrong."""
    from zhikong.foundation.forms.definition import read

    found = read(f"{HEAD.strip()}\n{head.strip()}\nsections:\n{sections}", file=Path("small.yaml"))
    assert not isinstance(found, list), [str(p) for p in found]
    return found


def one_item(item: str, head: str = ""):
    """A form with one section of one item, written as a YAML flow mapping without braces."""
    return form_of(f"  - {{id: s, title: 部分, items: [{{{item}}}]}}", head)


@pytest.fixture
def people(hospital, make_user):
    card, gsur = hospital.departments["CARD"], hospital.departments["GSUR"]
    return SimpleNamespace(
        nurse=make_user("nurse", card, name="周小燕"),
        nurse_two=make_user("nurse", card, name="吴丽"),
        head_nurse=make_user("head_nurse", card, name="陈晓红"),
        other_nurse=make_user("nurse", gsur, name="钱芳"),
        physician=make_user("physician", card, name="周强"),
        nursing=make_user("nursing", name="刘敏"),
        office=make_user("quality_office", name="王敏"),
        department=card,
        other_department=gsur,
    )


@pytest.fixture
def cart(people):
    """A crash cart sheet of cardiology, opened by its nurse."""
    from zhikong.foundation.forms import actions

    return actions.open_sheet(by=people.nurse, now=NOW, form_id=CART, department_id=people.department.id)


DRUG = {"par": 5, "count": 5, "expires": "2027-06-30"}
GOOD = {
    "checked_at": "2026-11-22 13:50",
    "sealed": "yes",
    "in_place": "yes",
    "clean": "yes",
    "defibrillator": "yes",
    "suction": "yes",
    "laryngoscope": "yes",
    "bag_valve_mask": "yes",
    "oxygen": "12.5",
    "drugs_complete": "yes",
    "drugs_in_date": "yes",
    "drugs": [DRUG] * 8,
}


@pytest.fixture
def filled(cart, people):
    """A sheet with all answers, signed by the nurse; ready to be handed in."""
    from zhikong.foundation.forms import actions

    saved = actions.save_answers(cart, by=people.nurse, now=NOW, raw=GOOD)
    assert not saved.errors
    sign(cart, people.nurse)
    return cart


def sign(sheet, user, item="signature"):
    from zhikong.foundation.forms import actions

    user.set_password("Kaoqin-2026-qm")
    user.save()
    return actions.sign(sheet, by=user, now=NOW, item=item, password="Kaoqin-2026-qm")
