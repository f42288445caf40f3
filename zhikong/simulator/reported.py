"""Figures that departments report for each month: basics exam, outpatient records, equipment, money, own registers."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import hospital, people, reported_care, reported_offices
from zhikong.simulator.clock import Window, stream

NO_DENOMINATOR = -1


@dataclass
class Reported:
    """One row is an item of a department and month."""

    department: np.ndarray  # position in hospital.departments()
    month: np.ndarray
    item: np.ndarray  # position in NAMES
    numerator: np.ndarray
    denominator: np.ndarray  # NO_DENOMINATOR where only a number is reported


@dataclass(frozen=True)
class Registers:
    """What the departments' own registers hold, as matrices (months, hospital.admitting())."""

    discharges: np.ndarray
    rescues: np.ndarray
    successes: np.ndarray


# item, share that passes
ITEMS = (
    ("basics_exam", 0.985),
    ("outpatient_record", 0.93),
    ("equipment", 0.992),
    ("emergency_equipment", 0.9985),
    ("prescription", 0.975),
)


# further items, drawn from a stream of their own so that the ones above stay as they were
MORE = ("basics_training", "examination_report", "compensation", "rescue", "discharged")
NAMES = (*(row[0] for row in ITEMS), *MORE, *reported_offices.NAMES, *reported_care.NAMES)
SLIP = 0.06  # share of months in which a register's count is off by a few


def reported(seed: int, window: Window, registers: Registers) -> Reported:
    """The reported figures of all months: those of samples and counts, those of MORE, those of services."""
    parts = [
        _sampled(seed, window),
        *_more(seed, window, registers),
        *_offices(seed, window, registers),
        _of_services(seed, window),
    ]
    return Reported(*(np.concatenate([getattr(p, name) for p in parts]) for name in Reported.__annotations__))


def _more(seed: int, window: Window, registers: Registers) -> list[Reported]:
    rng = stream(seed, "reported_more")
    size = [
        (kind, [n for n, d in enumerate(hospital.departments()) if d.kind == kind])
        for kind in ("clinical", "medtech")
    ]
    owners = dict(size)
    return [
        _share(rng, window, "basics_training", sorted(owners["clinical"] + owners["medtech"]), 0.985),
        _share(rng, window, "examination_report", owners["medtech"], 0.965),
        _compensation(rng, window),
        *_registers(rng, window, registers),
    ]


def _offices(seed: int, window: Window, registers: Registers) -> list[Reported]:
    """What offices report of the whole hospital, from a stream of their own."""
    rng, month = stream(seed, "reported_offices"), np.arange(window.count)
    return [
        _rows(
            window, month, np.full(window.count, said.department), said.name, said.numerator, said.denominator
        )
        for said in reported_offices.figures(rng, registers.discharges.sum(axis=1))
    ]


def _of_services(seed: int, window: Window) -> Reported:
    """What laboratories, pharmacy, anaesthesia and others report."""
    department, month, item, part, whole = reported_care.drawn(seed, window)
    return Reported(department, month, len(NAMES) - len(reported_care.NAMES) + item, part, whole)


def _share(rng, window: Window, name: str, owners: list[int], share: float) -> Reported:
    """Staff who had to come to a training, or fifty reports looked through."""
    month, department = _grid(window, owners)
    staff = np.array([len(people.of_department(d.code)) for d in hospital.departments()])[department]
    total = np.maximum(staff, 3) if name == "basics_training" else np.full(len(department), 50)
    return _rows(window, month, department, name, rng.binomial(total, share), total)


def _compensation(rng, window: Window) -> Reported:
    """Fen paid for complaints, and the month's income, reported by the office that handles them."""
    owners = [n for n, d in enumerate(hospital.departments()) if d.function == "medical_affairs"]
    month, department = _grid(window, owners)
    income = rng.integers(3_800_000_000, 4_600_000_000, len(month))
    paid = np.where(rng.random(len(month)) < 0.5, rng.integers(200_000, 12_000_000, len(month)), 0)
    return _rows(window, month, department, "compensation", paid, income)


def _registers(rng, window: Window, registers: Registers) -> list[Reported]:
    """The departments' own registers of rescues and discharges: right in most months, a little off in some."""
    owners = [n for n, d in enumerate(hospital.departments()) if d.admits]
    month, department = _grid(window, owners)
    slip = (rng.random(len(month)) < SLIP) * rng.integers(1, 4, len(month))
    discharges, rescues, successes = (
        matrix.ravel() for matrix in (registers.discharges, registers.rescues, registers.successes)
    )
    told = rescues + np.where(rescues > 0, slip, 0)
    return [
        _rows(window, month, department, "rescue", successes, told),
        _rows(window, month, department, "discharged", np.maximum(discharges - slip, 0), None),
    ]


def _grid(window: Window, owners: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return tuple(axis.ravel() for axis in np.meshgrid(range(window.count), owners, indexing="ij"))


def _rows(window: Window, month, department, name: str, top, below) -> Reported:
    item = np.full(len(month), NAMES.index(name))
    below = np.full(len(month), NO_DENOMINATOR) if below is None else below
    return Reported(department, window.first + month, item, top, below)


def _sampled(seed: int, window: Window) -> Reported:
    """Clinical departments report all items, medtech only two."""
    rng = stream(seed, "reported")
    owners = [n for n, d in enumerate(hospital.departments()) if d.kind != "functional"]
    month, department, item = (
        axis.ravel() for axis in np.meshgrid(range(window.count), owners, range(len(ITEMS)), indexing="ij")
    )
    clinical = np.array([d.kind == "clinical" for d in hospital.departments()])[department]
    keep = clinical | np.isin(item, [0, 2])
    month, department, item = month[keep], department[keep], item[keep]
    total = _checked(rng, department, item)
    share = np.array([row[1] for row in ITEMS])[item]
    return Reported(department, window.first + month, item, rng.binomial(total, share), total)


def _checked(rng, department: np.ndarray, item: np.ndarray) -> np.ndarray:
    """How many were examined: a third of the staff, some records and prescriptions, the devices."""
    staff = np.array([len(people.of_department(d.code)) for d in hospital.departments()])[department]
    beds = np.array([d.beds for d in hospital.departments()])[department]
    size = np.choose(item, [staff / 3, 20 + 0 * staff, 12 + beds * 1.5, 6 + beds / 4, 60 + 0 * staff])
    return np.maximum(rng.poisson(size), 3)
