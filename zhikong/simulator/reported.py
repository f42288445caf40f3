"""Figures that departments report for each month: basics exam, outpatient records, equipment."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import hospital, people
from zhikong.simulator.clock import Window, stream


@dataclass
class Reported:
    """One row is an item of a department and month."""

    department: np.ndarray  # position in hospital.departments()
    month: np.ndarray
    item: np.ndarray  # position in ITEMS
    numerator: np.ndarray
    denominator: np.ndarray


# item, share that passes
ITEMS = (
    ("basics_exam", 0.985),
    ("outpatient_record", 0.93),
    ("equipment", 0.992),
    ("emergency_equipment", 0.9985),
    ("prescription", 0.975),
)


def reported(seed: int, window: Window) -> Reported:
    """The reported figures of all months. Clinical departments report all items, medtech only two."""
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
