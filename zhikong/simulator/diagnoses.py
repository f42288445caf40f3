"""Diagnoses of each stay: at the door, on admission, principal, other, pathology, external cause."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clinical import AGREES, NOT_DONE, Outcome
from zhikong.simulator.clock import stream

KINDS = ("outpatient", "admission", "principal", "other", "pathology", "external")
_MOST = 9  # other diagnoses drawn for one stay, before doubles are dropped
UNKNOWN = ("R69.x01", "诊断未明确")
DELIVERY_OPERATIONS = ("74.1x01", "73.5901", "73.6x01", "72.7101")


@dataclass
class Diagnoses:
    """One row is a diagnosis, sorted by stay, kind, seq. Codes and names are positions in `terms()`."""

    stay: np.ndarray
    kind: np.ndarray  # position in KINDS
    seq: np.ndarray
    term: np.ndarray
    on_admission: np.ndarray  # 1–4, 0 where it does not apply
    outcome: np.ndarray  # 1–4, 9; 0 where it does not apply


_GROUPS = ("chronic", "acute", "acquired", "complication", "delivery", "external", "external_medical",
           "external_poison", "morphology_malignant", "morphology_blood", "morphology_benign")  # fmt: skip


def terms() -> tuple[np.ndarray, np.ndarray]:
    """Codes and names: first those of catalogue.cases(), then the groups in order, last the unknown one."""
    groups = [catalogue.other_diagnoses(group) for group in _GROUPS]
    codes = np.concatenate([catalogue.cases().code, *(g.code for g in groups), [UNKNOWN[0]]])
    names = np.concatenate([catalogue.cases().name, *(g.name for g in groups), [UNKNOWN[1]]])
    return codes, names


def _offset(group: str) -> int:
    """Position in terms() of the group's first row."""
    before = _GROUPS[: _GROUPS.index(group)]
    return len(catalogue.cases().code) + sum(len(catalogue.other_diagnoses(name).code) for name in before)


def _draw(rng, group: str, count: int) -> np.ndarray:
    return _offset(group) + np.searchsorted(catalogue.other_diagnoses(group).cumulative, rng.random(count))


def diagnoses(seed: int, cohort: Cohort, outcome: Outcome) -> Diagnoses:
    """All diagnoses of all stays."""
    rng = stream(seed, "diagnoses")
    everyone = np.arange(len(cohort))
    parts = [
        _at_the_door(rng, cohort, outcome.outpatient_match, "outpatient"),
        _at_the_door(rng, cohort, outcome.admission_match, "admission"),
        _rows(everyone, "principal", cohort.case, rng.choice(3, len(cohort), p=[0.972, 0.02, 0.008]) + 1),
        *_others(rng, cohort, outcome),
        _pathology(rng, cohort, outcome),
        *_external(rng, cohort),
    ]
    stay, kind, term, present = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    stay, kind, term, present = _once(cohort, stay, kind, term, present)
    group = stay * len(KINDS) + kind
    seq = np.arange(len(stay)) - np.searchsorted(group, group) + 1
    return Diagnoses(stay, kind, seq, term, present, _outcome(rng, cohort, outcome, stay, kind))


def _rows(stay: np.ndarray, kind: str, term: np.ndarray, on_admission: np.ndarray | int):
    """Four parallel columns: stay, kind, term, on_admission."""
    number = np.full(len(stay), KINDS.index(kind))
    return stay, number, np.asarray(term), np.broadcast_to(np.asarray(on_admission), len(stay))


def _at_the_door(rng, cohort: Cohort, match: np.ndarray, kind: str):
    """The diagnosis before or on admission: the principal one if it agrees, else one of the department."""
    mix = catalogue.cases()
    first = np.searchsorted(mix.department, cohort.home)
    count = np.searchsorted(mix.department, cohort.home, side="right") - first
    other = first + (cohort.case - first + 1 + rng.integers(0, np.maximum(count - 1, 1))) % count
    wrong_sex = (mix.sex[other] != 0) & ((mix.sex[other] == 1) != cohort.male)
    other = np.where(wrong_sex | (mix.code[other] == mix.code[cohort.case]), len(terms()[0]) - 1, other)
    agrees = (match == AGREES) | (match == NOT_DONE)
    return _rows(np.arange(len(cohort)), kind, np.where(agrees, cohort.case, other), 0)


def _others(rng, cohort: Cohort, outcome: Outcome):
    """Chronic and acute companions, harm done in hospital, complications of surgery, outcome of delivery."""
    older = np.clip(0.55 + cohort.age / 75, 0.4, 1.7)
    wanted = np.minimum(rng.poisson(catalogue.habits().others[cohort.home] * older), _MOST)
    stay = np.repeat(np.arange(len(cohort)), wanted)
    chronic = rng.random(len(stay)) < np.clip(cohort.age[stay] / 70, 0, 0.85)
    term = np.where(chronic, _draw(rng, "chronic", len(stay)), _draw(rng, "acute", len(stay)))
    fits = _fits(cohort, stay, term)
    late = ~chronic & (rng.random(len(stay)) < 0.16)
    present = np.where(late, 4, np.where(rng.random(len(stay)) < 0.02, 2, 1))
    acquired, complicated = np.flatnonzero(outcome.acquired), np.flatnonzero(outcome.complication)
    born = np.flatnonzero(delivered(cohort))
    return [
        _rows(born, "other", _draw(rng, "delivery", len(born)), 1),
        _rows(stay[fits], "other", term[fits], present[fits]),
        _rows(acquired, "other", _draw(rng, "acquired", len(acquired)), 4),
        _rows(complicated, "other", _complications(rng, cohort, complicated), 4),
    ]


def delivered(cohort: Cohort) -> np.ndarray:
    """Stays in which a child was born: with a delivery as principal operation or diagnosis (O80–O84)."""
    ops, codes = catalogue.operations(), catalogue.cases().code.astype("U3")
    helped = np.isin(cohort.operation, [ops.number(code) for code in DELIVERY_OPERATIONS])
    return helped | np.isin(codes, ["O80", "O81", "O82", "O83", "O84"])[cohort.case]


def _fits(cohort: Cohort, stay: np.ndarray, term: np.ndarray) -> np.ndarray:
    """Whether age and sex allow the diagnosis."""
    size = len(terms()[0])
    age_from, sex = np.zeros(size), np.zeros(size, dtype=np.int64)
    for group in ("chronic", "acute"):
        own, start = catalogue.other_diagnoses(group), _offset(group)
        age_from[start : start + len(own.code)], sex[start : start + len(own.code)] = own.age_from, own.sex
    right_sex = (sex[term] == 0) | ((sex[term] == 1) == cohort.male[stay])
    return (cohort.age[stay] >= age_from[term]) & right_sex


def _complications(rng, cohort: Cohort, stay: np.ndarray) -> np.ndarray:
    """A listed complication for each stay; children get a bleeding rather than an illness of adults."""
    term = _draw(rng, "complication", len(stay))
    return np.where(cohort.age[stay] < 18, _offset("complication"), term)


def _pathology(rng, cohort: Cohort, outcome: Outcome):
    """Morphology (M codes) of neoplasms whose tissue was examined."""
    stay = np.flatnonzero(outcome.neoplasm & outcome.pathology_done)
    codes = catalogue.cases().code[cohort.case[stay]]
    malignant, blood = np.char.startswith(codes, "C"), np.char.startswith(codes, "C8")
    blood |= np.char.startswith(codes, "C9") | np.char.startswith(codes, "D46")
    solid = np.where(
        malignant, _draw(rng, "morphology_malignant", len(stay)), _draw(rng, "morphology_benign", len(stay))
    )
    return _rows(stay, "pathology", np.where(blood, _draw(rng, "morphology_blood", len(stay)), solid), 0)


def _external(rng, cohort: Cohort):
    """External causes (V–Y) of injury and poisoning."""
    codes = catalogue.cases().code[cohort.case]
    medical = np.char.startswith(codes, "T8")
    poison = np.isin(codes.astype("U2"), ["T4", "T5", "T6"]) & ~np.char.startswith(codes, "T67")
    injury = (np.char.startswith(codes, "S") | np.char.startswith(codes, "T")) & ~medical & ~poison
    groups = (("external", injury), ("external_medical", medical), ("external_poison", poison))
    stays = [(group, np.flatnonzero(mask)) for group, mask in groups]
    return [_rows(stay, "external", _draw(rng, group, len(stay)), 0) for group, stay in stays]


def _once(cohort: Cohort, stay, kind, term, present):
    """Sort by stay and kind; a code stands once among a stay's other diagnoses, and not beside itself."""
    codes = terms()[0]
    code = np.unique(codes, return_inverse=True)[1][term]
    principal = np.unique(codes, return_inverse=True)[1][cohort.case[stay]]
    order = np.lexsort((np.arange(len(stay)), kind, stay))
    key = ((stay * len(KINDS) + kind) * len(codes) + code)[order]
    _, first = np.unique(key, return_index=True)
    keep = np.zeros(len(order), dtype=bool)
    keep[first] = True
    keep &= (kind[order] != KINDS.index("other")) | (code[order] != principal[order])
    order = order[keep]
    return stay[order], kind[order], term[order], present[order]


def _outcome(rng, cohort: Cohort, outcome: Outcome, stay, kind) -> np.ndarray:
    """出院情况 of principal and other diagnoses."""
    u = rng.random(len(stay))
    alive = np.select([u < 0.34, u < 0.95, u < 0.99], [1, 2, 3], 9)
    alive = np.where(outcome.way[stay] == 4, 3, alive)
    value = np.where(cohort.dead[stay], 4, alive)
    return np.where(np.isin(kind, [KINDS.index("principal"), KINDS.index("other")]), value, 0)
