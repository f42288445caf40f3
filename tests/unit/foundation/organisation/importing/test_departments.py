"""A list of departments, and bodies with their seats, against what is registered."""

from datetime import date

import pytest

from zhikong.foundation.organisation.importing import committees, departments, words
from zhikong.foundation.organisation.importing.known import Known, Place, Post, World
from zhikong.foundation.organisation.importing.roles import suggested
from zhikong.foundation.organisation.queries import DepartmentOn

SINCE = date(2020, 1, 1)
CARD = Place(1, "CARD", "心血管内科", "clinical", "", None, 40, SINCE, ("心内科",))
QC = Place(2, "QC", "质控科", "functional", "quality_office", None, 0, SINCE)
WORLD = World({1: CARD, 2: QC}, {"CARD": 1, "心血管内科": 1, "心内科": 1, "QC": 2, "质控科": 2})
COLUMNS = ("code", "name", "kind", "beds", "parent", "aliases")


def row(name, code="", n=2, **fields):
    base = {"kind": "", "parent": "", "beds": None, "aliases": [], "sort_key": "", "since": ""}
    return {"row": f"第 {n} 行", "code": code, "name": name, **base, **fields}


def compare(*rows, world=WORLD, decisions=None):
    return departments.compare(rows, world, decisions=decisions or {}, columns=COLUMNS)


def test_new_departments_with_class_and_duty_by_their_names():
    made = compare(row("检验科", "LAB"), row("医务处", n=3))
    assert [(line.data["kind"], line.data["function"]) for line in made.new] == [
        ("medtech", "laboratory"),
        ("functional", "medical_affairs"),
    ]
    assert made.new[1].data["code"] == "K001"


def test_a_duty_belongs_to_one_department():
    assert compare(row("质控办", "QC2")).new[0].data["function"] == ""


def test_wards_after_their_departments_whatever_the_order():
    made = compare(row("肾内一病区", "R1", parent="肾内科"), row("肾内科", "R", n=3))
    assert [line.key for line in made.new] == ["R", "R1"]
    assert made.new[1].data["kind"] == "ward"


def test_a_ward_without_a_parent_belongs_where_its_name_begins():
    made = compare(row("心血管内科二病区", "C2"), row("外科", "S"), row("外科病区", "S1"))
    assert [line.data["parent"] for line in made.new] == ["心血管内科", "", "外科"]


def test_an_unknown_parent_and_a_circle():
    assert "既不在表里" in compare(row("肾内一病区", "R1", parent="火星科")).held[0].what
    made = compare(row("甲科", "A", parent="乙科"), row("乙科", "B", parent="甲科", n=3))
    assert [line.what for line in made.held] == ["上级科室互为上下级，没有最上一级"] * 2
    assert not made.new


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((row("甲", "A"), row("乙", "A", n=3)), "出现 2 次"),
        ((row("甲", "A"), row("甲", "B", n=3)), "出现 2 次"),
        ((row("心血管内科", "XNK"),), "已有代码 CARD"),
        ((row("甲", "A", parent="甲"),), "它自己"),
    ],
)
def test_what_contradicts_itself_is_held(rows, reason):
    made = compare(*rows)
    assert made.held
    assert all(reason in line.what for line in made.held)
    assert not made.new


def test_changes_only_where_the_list_says_something():
    made = compare(row("心内一科", "CARD", beds=44, aliases=["CCU", "质控科"]))
    [line] = made.changed
    assert line.data["set"] == {"name": "心内一科", "open_beds": 44}
    assert line.data["aliases"] == ["CCU"]
    assert "别名“质控科”已是 质控科" in made.skipped[0].what
    assert compare(row("心内科")).same == 1


def test_departments_that_are_missing_are_only_proposed():
    made = compare(row("心血管内科", "CARD"))
    assert [line.key for line in made.missing] == ["QC"]
    assert [line.key for line in compare(row("心血管内科", "CARD"), decisions={"left": ["QC"]}).leaving] == [
        "QC"
    ]


# ---- bodies ---------------------------------------------------------------------------------------------------------


def person(pk, name, post, number=None):
    return Known(pk, number or f"D{pk}", name, "doctor", "", "", (Post(pk, 1, post, "", SINCE),))


PEOPLE = (
    person(1, "赵一", "department_head"),
    person(2, "钱二", "head_nurse"),
    person(3, "孙三", "physician"),
)


def seat(name, said="member", body="心血管内科质控小组", **fields):
    base = {"kind": words.body_kind(body), "department": "", "number": "", "cycle": 0, "since": ""}
    return {"row": "第 2 行", "body": body, "name": name, "seat": said, **base, **fields}


def bodies(*rows, people=PEOPLE, decisions=None):
    world = World(WORLD.places, WORLD.words, {p.number: p for p in people})
    return committees.compare(rows, world, decisions=decisions or {})


def test_a_group_finds_its_department_by_its_name():
    [line] = bodies(seat("赵一", "chair"), seat("钱二", "deputy"), seat("孙三")).new
    assert line.data["department"] == 1
    assert line.data["seats"] == {"1": "chair", "2": "deputy", "3": "member"}


@pytest.mark.proves("ORG-06")
def test_a_group_of_two_is_held_until_somebody_accepts_it():
    rows = (seat("赵一", "chair"), seat("钱二"))
    made = bodies(*rows)
    assert "少于 3 人" in made.held[0].what
    assert len(bodies(*rows, decisions={"accept": ["心血管内科质控小组"]}).new) == 1


def test_two_chairs_two_people_of_one_name_and_unknown_people():
    assert "两位以上" in bodies(seat("赵一", "chair"), seat("钱二", "chair"), seat("孙三")).held[0].what
    twin = (*PEOPLE, person(4, "孙三", "physician"))
    rows = (seat("赵一", "chair"), seat("钱二"), seat("孙三"))
    assert "请在表里加工号" in bodies(*rows, people=twin).held[0].what
    assert "请先导入人员" in bodies(seat("周五", "chair")).held[0].what
    assert "是 赵一，表里是 钱二" in bodies(seat("钱二", number="D1")).held[0].what


def test_kinds_of_bodies_by_their_names():
    names = (
        "医疗质量与安全管理委员会", "病案管理委员会", "药事管理与药物治疗学委员会", "医院感染管理委员会", "临床用血管理委员会",
        "医疗安全管理委员会", "儿科质量与安全管理小组", "膳食委员会",
    )  # fmt: skip
    assert [words.body_kind(name) for name in names] == [
        "quality_committee", "record_committee", "pharmacy_committee", "infection_committee", "transfusion_committee",
        "safety_committee", "qc_group", "",
    ]  # fmt: skip


def test_no_post_proposes_an_administrator():
    data = words.words()
    proposed = {*data["role_by_post"].values(), *data["role_by_function"].values()}
    assert proposed.isdisjoint({"administrator", "auditor"})
    office, pharmacy, leaders = (
        place("functional", "quality_office"),
        place("medtech", "pharmacy"),
        place("functional", ""),
    )
    assert suggested("physician", office) == "quality_office"
    assert (suggested("department_head", pharmacy), suggested("pharmacist", pharmacy)) == ("pharmacy", "")
    assert suggested("president", leaders) == "hospital_leader"
    assert suggested("technician", leaders) == ""


def place(kind, function):
    return DepartmentOn(1, "X", "某科", kind, function, None, 0, "")
