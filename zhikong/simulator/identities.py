"""Who the patients are: names, numbers, addresses that can belong to nobody.

Identity numbers have a right check digit but begin with 99, a region that does not exist; telephone numbers
begin with 100, which is no mobile network. So no real person can be met by chance.
"""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import names
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clock import stream

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.array(list("10X98765432"))
_DISTRICTS = ("东湖区", "西城区", "南山区", "北苑区", "高新区", "江口县", "云溪县")
_STREETS = (
    "人民路",
    "解放路",
    "建设路",
    "和平路",
    "新华街",
    "文化路",
    "滨河路",
    "学府路",
    "平安街",
    "康宁路",
)


@dataclass
class Identities:
    """One row is a patient, in order of the patient numbers in `patient`."""

    patient: np.ndarray
    name: np.ndarray
    id_number: np.ndarray
    phone: np.ndarray
    birth: np.ndarray  # day
    male: np.ndarray
    address: np.ndarray
    record_number: np.ndarray


def identities(seed: int, cohort: Cohort) -> Identities:
    """One identity for each patient of the cohort, open stays included."""
    rng = stream(seed, "identities")
    patient, first = np.unique(cohort.patient, return_index=True)
    male, birth, count = cohort.male[first], cohort.birth[first], len(patient)
    digits = rng.integers(0, 10, (count, 8)).astype("U1")
    return Identities(
        patient=patient,
        name=names.draw(rng, ~male),
        id_number=id_numbers(rng, birth, male),
        phone=np.char.add("100", _join(digits)),
        birth=birth,
        male=male,
        address=_addresses(rng, count),
        record_number=np.char.zfill((10_000_000 + patient).astype("U8"), 8),
    )


def _join(characters: np.ndarray) -> np.ndarray:
    """Rows of single characters -> one text per row."""
    return np.ascontiguousarray(characters).view(f"U{characters.shape[1]}").ravel()


def id_numbers(rng, birth: np.ndarray, male: np.ndarray) -> np.ndarray:
    """18 places: region 99xxxx, birth date, sequence (odd for men), check digit after GB 11643."""
    count = len(birth)
    region = rng.integers(990101, 999900, count)
    date = np.char.replace(birth.astype("datetime64[D]").astype("U10"), "-", "")
    sequence = rng.integers(0, 500, count) * 2 + male
    text = np.char.add(np.char.add(region.astype("U6"), date), np.char.zfill(sequence.astype("U3"), 3))
    digits = np.ascontiguousarray(text.astype("U17")).view("U1").reshape(count, 17).astype(np.int64)
    return np.char.add(text, _CHECK[(digits * _WEIGHTS).sum(axis=1) % 11])


def _addresses(rng, count: int) -> np.ndarray:
    district = np.array(_DISTRICTS)[rng.integers(0, len(_DISTRICTS), count)]
    street = np.array(_STREETS)[rng.integers(0, len(_STREETS), count)]
    number = rng.integers(1, 400, count).astype("U3")
    return np.char.add(np.char.add(np.char.add("示范市", district), street), np.char.add(number, "号"))
