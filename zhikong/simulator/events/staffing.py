"""The hospital's staff as the events see them: levels, and who of which department does what."""

from functools import cache

import numpy as np
import pyarrow as pa

from zhikong.engine.tables import arrow_schema
from zhikong.engine.tables.event_codes import STAFF_LEVEL
from zhikong.simulator import catalogue, hospital, people
from zhikong.simulator.procedures import staff_numbers

LEVELS = [code for code, _ in STAFF_LEVEL.values]
_LEVEL = {
    "主任医师": "chief", "副主任医师": "associate_chief", "主治医师": "attending", "住院医师": "resident",
    "副主任护师": "charge_nurse", "主管护师": "charge_nurse", "护师": "nurse", "护士": "nurse",
}  # fmt: skip
_PROFESSION = {"technician": "technician", "pharmacist": "pharmacist"}
ROLES = {
    "resident": ("doctor", ("住院医师",)),
    "attending": ("doctor", ("主治医师",)),
    "senior": ("doctor", ("主任医师", "副主任医师")),
    "specialist": ("doctor", ("主任医师", "副主任医师", "主治医师")),
    "chief": ("doctor", ("主任医师",)),
    "nurse": ("nurse", ()),
    "charge_nurse": ("nurse", ("主管护师", "副主任护师")),
}
"""Who may be drawn for a task: profession and titles."""


def level_of(person: people.Person) -> str:
    """The contract's level of a member of staff."""
    return _LEVEL.get(person.title) or _PROFESSION.get(person.profession, "other")


@cache
def levels() -> np.ndarray:
    """Position in LEVELS for each position in staff_numbers()."""
    return np.array([LEVELS.index(level_of(person)) for person in people.staff()])


def level_number(code: str) -> int:
    return LEVELS.index(code)


@cache
def names() -> np.ndarray:
    """Names by position in staff_numbers(): for the texts as they are delivered."""
    return np.array([person.name for person in people.staff()])


@cache
def _pool(role: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of all who hold the role, with first place and number of each admitting department."""
    profession, titles = ROLES[role]
    numbers = {number: n for n, number in enumerate(staff_numbers())}
    own = []
    for code in catalogue.department_index():
        fit = [p for p in people.of_department(code, profession) if not titles or p.title in titles]
        own.append([numbers[p.staff_number] for p in fit or people.of_department(code, profession)[:1]])
    count = np.array([len(group) for group in own])
    return np.concatenate(own).astype(np.int64), np.cumsum(count) - count, count


def pick(rng: np.random.Generator, role: str, department: np.ndarray) -> np.ndarray:
    """A staff position for each row: somebody of the department who may do it."""
    pool, first, count = _pool(role)
    return pool[first[department] + (rng.random(len(department)) * count[department]).astype(np.int64)]


@cache
def _of(code: str, profession: str) -> np.ndarray:
    numbers = {number: n for n, number in enumerate(staff_numbers())}
    return np.array([numbers[p.staff_number] for p in people.of_department(code, profession)])


def pick_of(rng: np.random.Generator, code: str, profession: str, count: int) -> np.ndarray:
    """`count` staff positions of one department that has no beds (麻醉科, 药学部 …)."""
    own = _of(code, profession)
    return own[rng.integers(0, len(own), count)]


@cache
def heads() -> np.ndarray:
    """Staff position of the head of each admitting department."""
    numbers = {number: n for n, number in enumerate(staff_numbers())}
    codes = catalogue.department_index()
    return np.array([numbers[people.holder(c, "department_head").staff_number] for c in codes])


@cache
def officer(code: str) -> int:
    """Staff position of the head of a department without beds, such as 医务部."""
    return staff_numbers().index(people.holder(code, "department_head").staff_number)


def staff_table() -> pa.Table:
    """The contract's `staff`: everybody since the hospital's structure is known; names stay outside."""
    everyone = people.staff()
    columns = {
        "code": [p.staff_number for p in everyone],
        "institution": [hospital.profile().code] * len(everyone),
        "department": [p.department for p in everyone],
        "level": [level_of(p) for p in everyone],
        "title": [p.title for p in everyone],
        "valid_from": [p.since for p in everyone],
        "valid_to": [None] * len(everyone),
        "month": [f"{p.since:%Y-%m}" for p in everyone],
    }
    return pa.table(columns, schema=arrow_schema("staff"))
