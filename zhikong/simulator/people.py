"""The hospital's people: staff, heads, quality groups, committees and the accounts of the demo.

Always the same people, whatever the seed of the data, so that demo accounts and staff numbers are stable.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np

from zhikong.simulator import hospital, names

_SEED = 600
INCOMPLETE_GROUP = "ENTD"
"""The department whose quality group has one member too few, on purpose: an alert must find it."""

_TITLES = {
    "doctor": (("主任医师", 0.12), ("副主任医师", 0.26), ("主治医师", 0.34), ("住院医师", 0.28)),
    "nurse": (("副主任护师", 0.06), ("主管护师", 0.30), ("护师", 0.38), ("护士", 0.26)),
    "technician": (("主任技师", 0.05), ("副主任技师", 0.2), ("主管技师", 0.4), ("技师", 0.35)),
    "pharmacist": (("副主任药师", 0.2), ("主管药师", 0.4), ("药师", 0.4)),
    "manager": (("高级职称", 0.3), ("中级职称", 0.5), ("初级职称", 0.2)),
}
_PREFIX = {"doctor": "D", "nurse": "N", "technician": "T", "pharmacist": "P", "manager": "M"}
_POST = {
    "doctor": "physician",
    "nurse": "nurse",
    "technician": "technician",
    "pharmacist": "pharmacist",
    "manager": "officer",
}
_LEADERS = (
    ("M0001", "郑国安", False, "president", "院长"),
    ("M0002", "宋文华", False, "deputy_director", "副院长（分管医疗）"),
    ("M0003", "何秀兰", True, "deputy_director", "副院长（分管护理）"),
)


@dataclass(frozen=True)
class Person:
    """A member of staff. `post` uses the words of the organisation model's appointments."""

    staff_number: str
    name: str
    female: bool
    profession: str
    title: str
    department: str
    post: str
    since: date = hospital.SINCE


@dataclass(frozen=True)
class Seat:
    """A person's place in a body: chair | deputy | secretary | member."""

    staff_number: str
    seat: str


@dataclass(frozen=True)
class Body:
    """A department's quality group or a committee; `kind` uses the words of the organisation model."""

    kind: str
    name: str
    department: str | None
    cycle_months: int
    remit: str
    seats: tuple[Seat, ...]
    size_min: int
    size_max: int
    since: date = hospital.SINCE


@dataclass(frozen=True)
class Account:
    """A demo login: user name, the person behind it and the role; department None = hospital-wide."""

    username: str
    staff_number: str
    name: str
    role: str
    department: str | None


@cache
def staff() -> tuple[Person, ...]:
    """Everybody, leaders first, then by department; within a department heads come first."""
    rng = np.random.default_rng(_SEED)
    people = [
        Person(number, name, female, "manager", title, "PRES", post)
        for number, name, female, post, title in _LEADERS
    ]
    counters = {prefix: 1 for prefix in _PREFIX.values()} | {"M": 10}
    for department in hospital.departments():
        people += _staff_of(department, rng, counters)
    return tuple(people)


def _staff_of(department: hospital.Department, rng, counters) -> list[Person]:
    people = []
    for profession, count in _headcount(department):
        people += _recruits(department.code, profession, count, rng, counters)
    return _appoint(department, people)


def _headcount(department: hospital.Department) -> list[tuple[str, int]]:
    if department.admits:
        intensive = 2.0 if department.code == "ICUD" else 1.0
        return [
            ("doctor", max(7, round(department.beds * 0.36 * intensive))),
            ("nurse", max(6, round(department.beds * 0.55 * intensive))),
        ]
    if department.kind == "clinical":
        return [("doctor", 18), ("nurse", 16)]
    if department.kind == "medtech":
        return [("pharmacist", 20)] if department.code == "PHAR" else [("technician", 10)]
    return [("manager", 6)]


def _recruits(code: str, profession: str, count: int, rng, counters) -> list[Person]:
    female = rng.random(count) < (0.95 if profession == "nurse" else 0.45)
    drawn = names.draw(rng, female)
    prefix, people = _PREFIX[profession], []
    for n in range(count):
        number = f"{prefix}{counters[prefix]:04d}"
        counters[prefix] += 1
        title = _title(profession, (n + 0.5) / count)
        people.append(
            Person(number, str(drawn[n]), bool(female[n]), profession, title, code, _POST[profession])
        )
    return people


def _title(profession: str, rank: float) -> str:
    """The title at this share from the top: seniors first."""
    total = 0.0
    for title, share in _TITLES[profession]:
        total += share
        if rank <= total + 1e-9:
            return title
    return _TITLES[profession][-1][0]


def _appoint(department: hospital.Department, people: list[Person]) -> list[Person]:
    """The most senior heads the department, the first nurse is head nurse, one doctor does quality."""
    nurses = [n for n, person in enumerate(people) if person.profession == "nurse"]
    posts = {0: "department_head"}
    if nurses and nurses[0] > 0:
        posts[nurses[0]] = "head_nurse"
        posts[3] = "qc_officer"
    made = [replace(person, post=posts.get(n, person.post)) for n, person in enumerate(people)]
    if department.code == "QUAL":
        made[0] = replace(made[0], name="王敏", female=True)
    return made


@cache
def of_department(code: str, profession: str | None = None) -> tuple[Person, ...]:
    """The staff of one department, seniors first; of one profession if given."""
    return tuple(p for p in staff() if p.department == code and profession in (None, p.profession))


def holder(code: str, post: str) -> Person:
    """The person who holds this post in the department; LookupError if it is vacant."""
    for person in of_department(code):
        if person.post == post:
            return person
    raise LookupError(f"no {post} in {code}")


@cache
def qc_groups() -> tuple[Body, ...]:
    """A group for each clinical and medtech department: 3–5 members, but two in `INCOMPLETE_GROUP`."""
    return tuple(_qc_group(d) for d in hospital.departments() if d.kind != "functional")


def _qc_group(department: hospital.Department) -> Body:
    people = of_department(department.code)
    ordered = [holder(department.code, "department_head")]
    ordered += [p for p in people if p.post in ("head_nurse", "qc_officer")]
    ordered += [p for p in people if p not in ordered]
    size = 2 if department.code == INCOMPLETE_GROUP else 3 + len(people) % 3
    seats = ["chair", "deputy", "secretary", "member", "member"]
    return Body(
        kind="qc_group",
        name=f"{department.name}质控小组",
        department=department.code,
        cycle_months=1,
        remit="本科室医疗质量自查、分析与持续改进",
        seats=tuple(Seat(p.staff_number, seats[n]) for n, p in enumerate(ordered[:size])),
        size_min=3,
        size_max=5,
    )


# kind, name, months between meetings, remit, chair, secretary's department, members' departments
_COMMITTEES = (
    ("quality_committee", "医疗质量管理委员会", 3, "全院医疗质量的决策、监督与改进", "M0001", "QUAL",
     "MEDA NURS INFC RECO CARD GSUR OBST PEDI ICUD"),
    ("record_committee", "病案管理委员会", 3, "病案书写、质量评价与归档管理", "M0002", "RECO",
     "MEDA QUAL RESP ORTH GYNE INFO"),
    ("pharmacy_committee", "药事管理与药物治疗学委员会", 3, "药品目录、合理用药与处方点评", "M0002", "PHAR",
     "MEDA INFC RESP ONCO HEPB"),
    ("infection_committee", "医院感染管理委员会", 6, "医院感染的预防与控制", "M0002", "INFC",
     "MEDA NURS ICUD NEON CSSD LABO"),
    ("transfusion_committee", "临床用血管理委员会", 6, "临床用血的规范管理与评价", "M0002", "BLOO",
     "MEDA ANES HEMA OBST ORTH"),
    ("safety_committee", "医疗安全管理委员会", 3, "医疗安全（不良）事件与投诉纠纷的防范", "M0001", "COMP",
     "MEDA QUAL NURS PHAR EMER NEUS"),
)  # fmt: skip


@cache
def committees() -> tuple[Body, ...]:
    """The hospital's standing committees with chair, secretary and members."""
    return tuple(_committee(*row) for row in _COMMITTEES)


def _committee(kind, name, cycle, remit, chair, secretary, members) -> Body:
    seats = [Seat(chair, "chair"), Seat(holder(secretary, "department_head").staff_number, "secretary")]
    if kind == "quality_committee":
        seats.insert(1, Seat("M0002", "deputy"))
    seats += [Seat(holder(code, "department_head").staff_number, "member") for code in members.split()]
    return Body(kind, name, None, cycle, remit, tuple(seats), size_min=5, size_max=25)


# user name, role, department of the person, post, scope department
_ACCOUNTS = (
    ("zhikong", "quality_office", "QUAL", "department_head", None),
    ("yiwu", "medical_affairs", "MEDA", "department_head", None),
    ("huli", "nursing", "NURS", "department_head", None),
    ("yuanzhang", "hospital_leader", "PRES", "president", None),
    ("keshi", "department_head", "CARD", "department_head", "CARD"),
    ("hushizhang", "head_nurse", "CARD", "head_nurse", "CARD"),
    ("zhikongyuan", "qc_officer", "CARD", "qc_officer", "CARD"),
    ("yishi", "physician", "CARD", "physician", "CARD"),
    ("hushi", "nurse", "CARD", "nurse", "CARD"),
    ("bingan", "record_reviewer", "RECO", "department_head", None),
    ("tousu", "complaint_officer", "COMP", "department_head", None),
    ("shenji", "auditor", "AUDI", "department_head", None),
    ("guanli", "administrator", "INFO", "department_head", None),
    ("guke", "department_head", "ORTH", "department_head", "ORTH"),
    ("yuangan", "infection_control", "INFC", "department_head", None),
    ("yaoxue", "pharmacy", "PHAR", "department_head", None),
    ("zhuangbei", "equipment", "EQUI", "department_head", None),
)


@cache
def accounts() -> tuple[Account, ...]:
    """The demo's logins: one for each role, and a second department head (orthopaedics)."""
    made = []
    for username, role, code, post, scope in _ACCOUNTS:
        person = holder(code, post)
        made.append(Account(username, person.staff_number, person.name, role, scope))
    return tuple(made)
