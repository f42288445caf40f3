"""What happens in a hospital, as tables: departments' habits, case mix, operations, other diagnoses.

The CSV files in `data/` are the hospital's epidemiology. Codes follow the style of the national clinical
editions (ICD-10 国家临床版, ICD-9-CM-3 国家临床版); weights, stays and rates are invented, nobody's figures.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from zhikong.simulator import hospital

MAX_CHOICES = 4
"""No case has more alternative principal operations than this."""


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `data/<name>.csv` as dictionaries of text."""
    with resources.files("zhikong.simulator").joinpath("data", f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _text(table: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([row[column] for row in table])


def _number(table: list[dict[str, str]], column: str, default: float = 0.0) -> np.ndarray:
    return np.array([float(row[column] or default) for row in table])


@cache
def department_index() -> dict[str, int]:
    """Code of an admitting department -> its number in all arrays of the simulator."""
    return {department.code: n for n, department in enumerate(hospital.admitting())}


@dataclass(frozen=True)
class Habits:
    """One array per column of departments.csv, in the order of `department_index`; shares as fractions."""

    arrivals: np.ndarray  # admissions a day, before transfers
    male: np.ndarray
    emergency: np.ndarray
    winter: np.ndarray  # how much more in mid-winter than on average
    weekend: np.ndarray  # admissions on a weekend day for one on a weekday
    confirmed: np.ndarray  # share with a confirmed diagnosis within three days
    match: np.ndarray  # share of admission diagnoses that hold at discharge
    icu: np.ndarray
    transfer: np.ndarray
    rescue: np.ndarray  # rescues for each stay of a patient who lives
    imaging: np.ndarray
    leaves: np.ndarray  # leaves against advice
    others: np.ndarray  # mean number of other diagnoses
    daily_fee: np.ndarray  # yuan a day
    drugs: np.ndarray
    antibacterial: np.ndarray  # share of the drugs


_SCALES = {"arrivals": 1.0, "others": 1.0, "daily_fee": 1.0, "rescue": 0.001, "leaves": 0.001}


@cache
def habits() -> Habits:
    """The departments' habits; a missing or foreign department is an error of the data file."""
    table = rows("departments")
    if [row["department"] for row in table] != list(department_index()):
        raise ValueError("departments.csv does not list the admitting departments in their order")
    columns = Habits.__dataclass_fields__
    return Habits(**{name: _number(table, name) * _SCALES.get(name, 0.01) for name in columns})


@dataclass(frozen=True)
class Operations:
    """One array per column of operations.csv; money in yuan, shares as fractions."""

    code: np.ndarray
    name: np.ndarray
    kind: np.ndarray
    grade: np.ndarray  # '' where an operation has no grade
    minimal: np.ndarray
    incision: np.ndarray  # 0 none, 1–3
    minutes: np.ndarray
    anaesthesia: np.ndarray
    fee: np.ndarray
    material: np.ndarray
    day: np.ndarray  # share of elective cases done as day surgery
    blood: np.ndarray  # share with a transfusion
    surgical: np.ndarray  # kind is surgery or intervention: counts the patient as a surgical discharge

    def number(self, code: str) -> int:
        """The row of an operation code; IndexError if it is not in the catalogue."""
        return int(np.flatnonzero(self.code == code)[0])


@cache
def operations() -> Operations:
    """The operations and procedures that the hospital performs."""
    table = rows("operations")
    texts = {name: _text(table, name) for name in ("code", "name", "kind", "grade", "anaesthesia")}
    return Operations(
        **texts,
        minimal=_number(table, "minimal").astype(bool),
        incision=_number(table, "incision").astype(np.int64),
        minutes=_number(table, "minutes"),
        fee=_number(table, "fee"),
        material=_number(table, "material"),
        day=_number(table, "day_percent") / 100,
        blood=_number(table, "blood_percent") / 100,
        surgical=np.isin(texts["kind"], ["surgery", "intervention"]),
    )


@dataclass(frozen=True)
class Cases:
    """The case mix: one row is a department's principal diagnosis; sorted by department."""

    department: np.ndarray
    code: np.ndarray
    name: np.ndarray
    cumulative: np.ndarray  # department number + cumulative share within the department
    days: np.ndarray  # median of discharge date minus admission date
    deaths: np.ndarray  # share that dies
    sex: np.ndarray  # 0 both, 1 male only, 2 female only
    age_from: np.ndarray
    age_to: np.ndarray
    operation: np.ndarray  # (cases, MAX_CHOICES) row of the operation, -1 none
    chance: np.ndarray  # (cases, MAX_CHOICES) cumulative chance of these


@cache
def cases() -> Cases:
    """The hospital's case mix."""
    table = rows("case_mix")
    department = np.array([department_index()[row["department"]] for row in table])
    if (np.diff(department) < 0).any():
        raise ValueError("case_mix.csv is not sorted like the departments")
    operation, chance = _choices([row["operations"] for row in table])
    ages = [row["ages"].split("-") for row in table]
    return Cases(
        department=department,
        code=_text(table, "code"),
        name=_text(table, "name"),
        cumulative=_cumulative(department, _number(table, "weight")),
        days=_number(table, "days"),
        deaths=_number(table, "deaths") / 1000,
        sex=_number(table, "sex").astype(np.int64),
        age_from=np.array([int(low) for low, _ in ages]),
        age_to=np.array([int(high) for _, high in ages]),
        operation=operation,
        chance=chance,
    )


def _cumulative(department: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Department number plus the share up to this case, included: searchsorted finds a case from d + u."""
    result = np.empty(len(weight))
    for number in range(department.max() + 1):
        own = department == number
        result[own] = number + np.cumsum(weight[own]) / weight[own].sum()
    return result


def _choices(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    catalogue = {code: n for n, code in enumerate(operations().code)}
    operation = np.full((len(texts), MAX_CHOICES), -1)
    chance = np.zeros((len(texts), MAX_CHOICES))
    for n, text in enumerate(texts):
        pairs = [part.split(":") for part in text.split()]
        for k, (code, percent) in enumerate(pairs):
            operation[n, k], chance[n, k] = catalogue[code], float(percent) / 100
    cumulative = np.cumsum(chance, axis=1)
    if (cumulative[:, -1] > 1 + 1e-9).any():
        raise ValueError("case_mix.csv has a case with more than 100 % of operations")
    return operation, cumulative


@dataclass(frozen=True)
class OtherDiagnoses:
    """A group of other_diagnoses.csv."""

    code: np.ndarray
    name: np.ndarray
    cumulative: np.ndarray  # cumulative share of the weights
    age_from: np.ndarray
    sex: np.ndarray  # 0 both


@cache
def other_diagnoses(group: str) -> OtherDiagnoses:
    """The diagnoses of one group: chronic, acute, acquired, complication, external, morphology_…"""
    table = [row for row in rows("other_diagnoses") if row["group"] == group]
    weight = _number(table, "weight")
    return OtherDiagnoses(
        code=_text(table, "code"),
        name=_text(table, "name"),
        cumulative=np.cumsum(weight) / weight.sum(),
        age_from=_number(table, "age_from"),
        sex=_number(table, "sex").astype(np.int64),
    )
