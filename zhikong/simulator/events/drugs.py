"""Medicines: who is given what and when; antibacterials just where the front page has their cost."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from zhikong.engine.tables.event_codes import ANTIBACTERIAL_CLASS, DRUG_PURPOSE
from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.conditions import Rescues
from zhikong.simulator.events.ordering import Orders
from zhikong.simulator.events.planting import Book
from zhikong.simulator.events.rows import Ids, Rows, Words, numbers
from zhikong.simulator.events.staffing import pick
from zhikong.simulator.events.surgery import Surgery, first_cut
from zhikong.simulator.procedures import staff_numbers

CLASSES = [code for code, _ in ANTIBACTERIAL_CLASS.values]
UNRESTRICTED, RESTRICTED, SPECIAL = 1, 2, 3
PURPOSES = [code for code, _ in DRUG_PURPOSE.values]
TREATMENT, PROPHYLAXIS, OTHER = range(3)
ALLERGENS = ("青霉素", "头孢", "磺胺", "阿司匹林", "喹诺酮")
_GROUP_OF = {
    "CARD": "heart", "RESP": "lung", "GAST": "gut", "NEUR": "brain", "NEPH": "kidney", "ENDO": "gland",
    "HEMA": "tumour", "RHEU": "any", "ONCO": "tumour", "INFE": "lung", "GERI": "heart", "REHA": "brain",
    "TCMD": "any", "OBST": "birth", "PEDI": "child", "NEON": "any", "ICUD": "heart", "EMER": "lung",
    "GYNE": "knife",
}  # fmt: skip
PROPHYLAXIS_FROM, PROPHYLAXIS_TO = 120, 30
"""The first preventive dose is given 0.5 to 2 hours before the incision."""


@dataclass(frozen=True)
class Catalogue:
    """The hospital's medicines, one array per column of data/drugs.csv."""

    code: np.ndarray
    name: np.ndarray
    group: np.ndarray
    dose: np.ndarray
    unit: np.ndarray
    route: np.ndarray
    frequency: np.ndarray
    per_day: np.ndarray
    ddd: np.ndarray  # nan where not an antibacterial
    level: np.ndarray  # position in CLASSES
    allergen: np.ndarray  # position in ALLERGENS, -1 none

    def of_group(self, group: str) -> np.ndarray:
        return np.flatnonzero(self.group == group)


@cache
def drugs() -> Catalogue:
    """The medicines; an unknown class or allergen is an error of the file."""
    table = catalogue.rows("drugs")

    def text(column: str) -> np.ndarray:
        return np.array([row[column] for row in table])

    return Catalogue(
        **{name: text(name) for name in ("code", "name", "group", "unit", "route", "frequency")},
        dose=text("dose").astype(float),
        per_day=text("per_day").astype(np.int64),
        ddd=np.array([float(row["ddd"] or "nan") for row in table]),
        level=np.array([CLASSES.index(row["class"]) for row in table]),
        allergen=np.array([ALLERGENS.index(a) if (a := row["allergen"]) else -1 for row in table]),
    )


@cache
def _groups() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the medicines of each department's group, first place and number by department."""
    own = [drugs().of_group(_GROUP_OF.get(code, "knife")) for code in catalogue.department_index()]
    count = np.array([len(group) for group in own])
    return np.concatenate(own), np.cumsum(count) - count, count


@dataclass(frozen=True)
class Courses:
    """One row is a course of a medicine: an order, and how often it is given."""

    i: np.ndarray
    drug: np.ndarray
    ordered: np.ndarray
    begun: np.ndarray
    doses: np.ndarray
    every: np.ndarray  # minutes between doses
    purpose: np.ndarray
    doctor: np.ndarray


def courses(block: Block, surgery: Surgery, made: Rescues, book: Book) -> dict[str, Courses]:
    """All courses by kind: plain, antibacterial, rescue."""
    rng = block.rng("drugs")
    return {
        "plain": _plain(rng, block),
        "antibacterial": _antibacterial(rng, block, surgery, book),
        "rescue": _in_rescues(rng, block, made),
    }


def _plain(rng, block: Block) -> Courses:
    wanted = 1 + rng.poisson(np.where(block.cohort.day_surgery, 0.2, 0.95))
    i = np.repeat(np.arange(len(block)), wanted)
    place = np.arange(len(i)) - np.searchsorted(i, i)
    pool, first, count = _groups()
    home = block.last[i]
    start = rng.integers(0, 1 << 30, len(block))[i]
    own = pool[first[home] + (start + place) % count[home]]
    common = drugs().of_group("any")
    drug = np.where(rng.random(len(i)) < 0.62, own, common[(start + place) % len(common)])
    begun = np.minimum(
        block.admitted[i] + 40 + place * 17 + rng.integers(0, 500, len(i)), block.discharged[i] - 30
    )
    days = np.minimum(1 + rng.poisson(0.9, len(i)), np.maximum(block.cohort.nights[i], 1))
    return _course(rng, block, i, drug, begun, days, np.full(len(i), OTHER))


def _course(rng, block: Block, i, drug, begun, days, purpose, doctor=None) -> Courses:
    begun = np.maximum(begun, block.admitted[i] + 10)
    ordered = np.maximum(begun - 10 - rng.integers(0, 45, len(i)), block.admitted[i] + 1)
    usual = np.where(rng.random(len(i)) < 0.6, block.resident(i), block.attending(i))
    per_day = drugs().per_day[drug]
    return Courses(
        i, drug, ordered, begun, days * per_day, DAY // per_day, purpose, usual if doctor is None else doctor
    )


def _antibacterial(rng, block: Block, surgery: Surgery, book: Book) -> Courses:
    """Before clean operations as prevention, else as treatment; higher classes by higher ranks."""
    treated = block.of(block.stages.costs.fee["D23x01"]) > 0
    cut = first_cut(block, surgery)
    own = np.flatnonzero(surgery.knife)[::-1]
    incision = np.zeros(len(block), np.int64)
    incision[surgery.i[own]] = block.stages.procedures.incision[surgery.rows][own]
    prevent = np.flatnonzero(treated & np.isin(incision, [1, 2]) & (cut - block.admitted > 40))
    cure = np.setdiff1d(np.flatnonzero(treated), prevent)
    return _both(_prevention(rng, block, prevent, cut[prevent], book), _treatment(rng, block, cure, book))


def _prevention(rng, block: Block, i, cut, book: Book) -> Courses:
    """Cefazolin or cefuroxime 30 to 120 minutes before the incision, some a minute off, some at a wrong time."""
    anti = drugs().of_group("anti")
    before = rng.integers(PROPHYLAXIS_TO + 2, PROPHYLAXIS_FROM - 1, len(i))
    u, edge = rng.random(len(i)), rng.integers(-1, 2, len(i))
    short, long = PROPHYLAXIS_TO - edge, PROPHYLAXIS_FROM + edge  # deviation: minutes outside the window
    before = np.select([u < 0.02, u < 0.04, u < 0.08, u < 0.1], [short, long, 8, 190], before)
    before = np.minimum(before, cut - block.admitted[i] - 11)
    outside = np.maximum(PROPHYLAXIS_TO - before, before - PROPHYLAXIS_FROM)
    told = np.flatnonzero(outside >= -1)
    key = Ids("S", block.first + i[told] + 1, 8)
    book.add("prophylaxis_before_incision", "stays", key, i[told], limit=PROPHYLAXIS_FROM,
             deviation=outside[told], fault=outside[told] > 0)  # fmt: skip
    drug = anti[rng.integers(0, 2, len(i))]
    made = _course(rng, block, i, drug, cut - before, np.ones(len(i), np.int64), np.full(len(i), PROPHYLAXIS))
    longer = rng.random(len(i)) < 0.12  # beyond 24 hours
    doses = np.where(longer, 6, np.where(rng.random(len(i)) < 0.5, 1, 2))
    return Courses(
        made.i, made.drug, made.ordered, cut - before, doses, made.every, made.purpose, made.doctor
    )


def _treatment(rng, block: Block, i, book: Book) -> Courses:
    anti, table = drugs().of_group("anti"), drugs()
    weights = np.array([3, 12, 14, 4, 6, 10, 9, 6, 3, 1.5, 0.5])
    drug = anti[rng.choice(len(anti), len(i), p=weights / weights.sum())]
    begun = block.admitted[i] + 60 + rng.integers(0, 20 * 60, len(i))
    begun = np.minimum(begun, np.maximum(block.discharged[i] - 60, block.admitted[i] + 12))
    days = np.minimum(2 + rng.poisson(2.6, len(i)), np.maximum(block.cohort.nights[i], 1))
    level, department = table.level[drug], block.last[i]
    doctor = np.where(
        level >= SPECIAL,
        pick(rng, "senior", department),
        np.where(level == RESTRICTED, pick(rng, "specialist", department), block.resident(i)),
    )
    beyond = (level >= RESTRICTED) & (rng.random(len(i)) < 0.015)
    doctor = np.where(beyond, pick(rng, "resident", department), doctor)
    book.add("antibacterial_beyond_right", "stays", Ids("S", block.first + i[beyond] + 1, 8), i[beyond])
    return _course(rng, block, i, drug, begun, days, np.full(len(i), TREATMENT), doctor)


def _in_rescues(rng, block: Block, made: Rescues) -> Courses:
    """Adrenaline and the like within the rescue."""
    own = drugs().of_group("rescue")
    drug = own[rng.integers(0, len(own), len(made.i))]
    within = made.started + (rng.random(len(made.i)) * (made.ended - made.started) * 0.8).astype(np.int64)
    one = np.ones(len(made.i), np.int64)
    return Courses(made.i, drug, within, within, one, one * DAY, one * TREATMENT, made.leader)


def _both(a: Courses, b: Courses) -> Courses:
    return Courses(*(np.concatenate([getattr(a, n), getattr(b, n)]) for n in Courses.__dataclass_fields__))


def order(orders: Orders, made: Courses) -> int:
    """One order for each course."""
    table = drugs()
    end = np.minimum(made.begun + made.doses * made.every, orders.block.discharged[made.i])
    stopped = np.maximum(end, made.ordered)
    return orders.add("drug", made.i, made.ordered, Words(made.drug, table.code), Words(made.drug, table.name),
                      executed=made.begun, stopped=stopped, doctor=made.doctor)  # fmt: skip


def medications(block: Block, made: dict[str, Courses], number: dict[str, np.ndarray]) -> Rows:
    """The table `medications`: every dose given before the patient leaves."""
    rng, table = block.rng("medications"), drugs()
    whole = Courses(
        *(np.concatenate([getattr(c, n) for c in made.values()]) for n in Courses.__dataclass_fields__)
    )
    source = np.concatenate([number[name] for name in made])
    course = np.repeat(np.arange(len(whole.i)), whole.doses)
    dose = np.arange(len(course)) - np.searchsorted(course, course)
    i = whole.i[course]
    jitter = np.where(dose > 0, rng.integers(-15, 16, len(course)), 0)
    given = whole.begun[course] + dose * whole.every[course] + jitter
    kept = np.flatnonzero((given < block.discharged[i]) | (dose == 0))
    kept = kept[np.lexsort((given[kept], i[kept]))]
    course, i, given = course[kept], i[kept], given[kept]
    drug = whole.drug[course]
    columns = {
        "medication_id": Ids("M", numbers(block, i)),
        "order_id": Ids("Y", source[course]),
        "code": Words(drug, table.code),
        "name": Words(drug, table.name),
        "dose": table.dose[drug],
        "dose_unit": Words(drug, table.unit),
        "route": Words(drug, table.route),
        "frequency": Words(drug, table.frequency),
        "given_at": given,
        "antibacterial_class": Words(table.level[drug], CLASSES),
        "purpose": Words(whole.purpose[course], PURPOSES),
        "ddds": np.round(table.dose[drug] / table.ddd[drug], 4),
        "prescriber": Words(whole.doctor[course], staff_numbers()),
        "nurse": Words(pick(rng, "nurse", block.department_at(i, given)), staff_numbers()),
    }
    return Rows("medications", i, columns)


def allergies(block: Block, given: Rows, book: Book) -> np.ndarray:
    """The recorded allergy of each stay (position in ALLERGENS, -1 none): never to what was given, but planted."""
    rng = block.rng("allergies")
    allergen = np.where(rng.random(len(block)) < 0.09, rng.integers(0, len(ALLERGENS), len(block)), -1)
    contained = drugs().allergen[given.columns["code"].index]
    clash = (contained >= 0) & (contained == allergen[given.i])
    hit = np.unique(given.i[clash])
    spared = hit[rng.random(len(hit)) >= 0.06]
    allergen[spared] = -1
    wrong = np.flatnonzero((contained >= 0) & (contained == allergen[given.i]))
    book.add(
        "drug_despite_allergy", "medications", given.columns["medication_id"].take(wrong), given.i[wrong]
    )
    return allergen
