"""A hundred ratios over stays, as our definitions and as conditions for hand-written SQL: the same numbers.

200 counters, 134 distinct conditions: twenty diagnosis groups with four outcomes each, and twenty general ones. A
further hundred asks for other outcomes of the same groups: half of its conditions are those of the first hundred.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from benchmarks.engine_region import GROUPS
from zhikong.engine.definitions import Definition, load_catalogue

USUAL = {
    "version": 1,
    "status": "draft",
    "why": "benchmark",
    "source": {"document": "benchmark", "mark": "memory"},
    "owner": "quality_office",
    "checker": "medical_affairs",
    "next_review": date(2100, 1, 1),
    "table": "stays",
    "date": "discharged_at",
    "department": "discharge_department",
    "kind": "ratio",
    "denominator": {"rows": True},
    "multiplier": 1,
    "unit": "1",
    "direction": "monitor",
}


@dataclass(frozen=True)
class Ratio:
    """Who counts, and which of them reach the numerator; `group` is a diagnosis group or 0 for all."""

    id: str
    group: int
    population: str
    numerator: str

    @property
    def counters(self) -> tuple[str, str]:
        """Numerator and denominator as conditions of plain SQL over the columns with `dx`."""
        within = [f"dx = {self.group}"] if self.group else []
        within += [self.population] if self.population else []
        below = " AND ".join(within) or "1 = 1"
        return f"{' AND '.join([*within, self.numerator])}", below

    def said(self) -> dict:
        """The definition as a pack says it, over the codes themselves."""
        parts = [self.population] if self.population else []
        if self.group:
            codes = ", ".join(f"'{prefix}'" for prefix in GROUPS[self.group - 1])
            parts.insert(0, f"icd_prefix(principal_diagnosis, {codes})")
        own = {"id": self.id, "name": {"zh": self.id}, "numerator": {"count": self.numerator}}
        return USUAL | own | ({"population": " and ".join(parts)} if parts else {})


OUTCOMES = {
    "died": "discharge_way = '5'",
    "long": "days > 14",
    "left": "discharge_way = '4'",
    "costly": "total_fee > 2000000",
}
MATCHES = ("admission_discharge_match", "outpatient_discharge_match", "clinical_pathology_match")
GENERAL = [
    *((f"{name}_agrees", f"{name} IN ('1', '2')", f"{name} = '1'") for name in MATCHES),
    *((f"{name}_open", f"{name} <> '0'", f"{name} = '3'") for name in MATCHES),
    ("grade_a", "record_grade IN ('1', '2', '3')", "record_grade = '1'"),
    ("grade_c", "record_grade IN ('1', '2', '3')", "record_grade = '3'"),
    ("mortality", "", "discharge_way = '5'"),
    ("old_mortality", "age_years >= 65", "discharge_way = '5'"),
    ("child_mortality", "age_years < 14", "discharge_way = '5'"),
    ("over_thirty", "", "days > 30"),
    ("day_surgery", "surgery_fee > 0", "day_surgery"),
    ("ventilated_died", "ventilator_hours > 96", "discharge_way = '5'"),
    ("rescued_died", "rescues > 0", "discharge_way = '5'"),
    ("self_paid_half", "total_fee > 0", "self_paid_fee > 1000000"),
    ("drug_heavy", "total_fee > 0", "western_drug_fee > 500000"),
    ("special_nursing", "", "nursing_special_days > 3"),
    ("reaction", "transfusion_reaction <> '0'", "transfusion_reaction = '1'"),
    ("insured_long", "payment = '1'", "days > 30"),
]


def hundred() -> list[Ratio]:
    """The first hundred."""
    numbers = range(1, len(GROUPS) + 1)
    found = [Ratio(f"g{g:02d}_{key}", g, "", text) for g in numbers for key, text in OUTCOMES.items()]
    return found + [Ratio(key, 0, population, numerator) for key, population, numerator in GENERAL]


def two_hundred() -> list[Ratio]:
    """The first hundred and another one that shares half of its conditions with it."""
    numbers = range(1, len(GROUPS) + 1)
    emergency, women = "admission_route = '1'", "sex = '2'"
    more = [
        Ratio(f"g{g:02d}_{key}_emergency", g, text, emergency)
        for g in numbers
        for key, text in OUTCOMES.items()
    ]
    more += [Ratio(f"{key}_women", 0, population, f"{text} AND {women}") for key, population, text in GENERAL]
    return hundred() + more


def conditions(ratios: list[Ratio]) -> list[str]:
    """The distinct conditions, in order of first use."""
    return list(dict.fromkeys(text for ratio in ratios for text in ratio.counters))


def definitions(ratios: list[Ratio]) -> list[Definition]:
    """The ratios as definitions, read from a pack that is written for the purpose."""
    with tempfile.TemporaryDirectory() as temporary:
        pack = Path(temporary) / "pack"
        (pack / "indicators").mkdir(parents=True)
        (pack / "pack.yaml").write_text("{id: pack, version: '1', name: {zh: pack}}")
        for ratio in ratios:
            (pack / "indicators" / f"{ratio.id}.yaml").write_text(yaml.safe_dump(ratio.said()))
        catalogue = load_catalogue([pack])
    if catalogue.problems:
        raise SystemExit("\n".join(map(str, catalogue.problems)))
    return [catalogue.indicators[ratio.id] for ratio in ratios]
