"""What each stay costs, in fen, by the fee classes of the front page, which add up to the total."""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import catalogue
from zhikong.simulator.arrivals import Cohort
from zhikong.simulator.clinical import Outcome
from zhikong.simulator.clock import DAY, stream
from zhikong.simulator.movement import Movement
from zhikong.simulator.procedures import Procedures

WHOLE = tuple(f"D{number}" for number in range(11, 35))
"""The fee classes that add up to D01; D19x01, D20x01, D20x02 and D23x01 are parts of D19, D20 and D23."""

_WARD_SHARES = {
    "D11": 0.15, "D12": 0.12, "D13": 0.08, "D14": 0.02, "D16": 0.25, "D17": 0.14, "D18": 0.07, "D19": 0.05,
    "D31": 0.02, "D32": 0.08, "D34": 0.02,
}  # fmt: skip
"""How the ward's daily costs without drugs are spread; they add up to one."""

_INTENSIVE_DAY = 3200.0  # yuan for a day in intensive care beyond the home department's daily costs
_SELF_PAID = {1: 0.19, 2: 0.36, 5: 0.30, 7: 1.0, 9: 0.6}
_PAYMENTS = ((1, 0.47), (2, 0.41), (5, 0.03), (7, 0.07), (9, 0.02))


@dataclass
class Costs:
    """`fee` maps HQMS fee codes (D01, D09, D11 … D34, parts included) to fen for each stay."""

    fee: dict[str, np.ndarray]
    payment: np.ndarray  # 医疗付费方式 1–9


def costs(
    seed: int, cohort: Cohort, moved: Movement, outcome: Outcome, done: Procedures, dear: float = 1.0
) -> Costs:
    """Fees of all stays (of open stays: what they will have cost); the dearest of 400 cost `dear` times as much."""
    rng = stream(seed, "costs")
    yuan = {code: np.zeros(len(cohort)) for code in (*WHOLE, "D19x01", "D20x01", "D20x02", "D23x01")}
    _ward(rng, yuan, cohort, moved)
    _operations(rng, yuan, cohort, done)
    _blood_and_tissue(rng, yuan, outcome)
    if dear != 1:
        dearest = np.argsort(sum(yuan[code] for code in WHOLE))[-max(len(cohort) // 400, 1) :]
        for amount in yuan.values():
            amount[dearest] *= dear
    fee = {code: np.rint(amount * 100).astype(np.int64) for code, amount in yuan.items()}
    fee["D20"] = fee["D20x01"] + fee["D20x02"]
    fee["D23x01"] = np.minimum(fee["D23x01"], fee["D23"])
    fee["D01"] = sum(fee[code] for code in WHOLE)
    kinds, shares = zip(*_PAYMENTS, strict=True)
    payment = rng.choice(kinds, len(cohort), p=shares)
    ratio = np.choose(np.searchsorted(kinds, payment), [_SELF_PAID[kind] for kind in kinds])
    ratio = np.clip(ratio * np.exp(rng.normal(0, 0.15, len(cohort))), 0, 1)
    fee["D09"] = np.minimum(np.rint(fee["D01"] * ratio).astype(np.int64), fee["D01"])
    return Costs(fee, payment)


def _ward(rng, yuan: dict, cohort: Cohort, moved: Movement) -> None:
    """Daily costs of the ward and of intensive care: drugs, tests, care."""
    habits, numbers, count = catalogue.habits(), catalogue.department_index(), len(cohort)
    ward = moved.last
    icu = moved.icu(numbers["ICUD"])
    icu_days = np.where(icu, (moved.end - moved.start) / DAY, 0.0).sum(axis=1) * (
        cohort.home != numbers["ICUD"]
    )
    daily = habits.daily_fee[cohort.home] * np.exp(rng.normal(0, 0.24, count))
    daily = daily * (0.65 + 0.7 / np.sqrt(cohort.days))  # the first days cost most
    total = daily * cohort.days + _INTENSIVE_DAY * icu_days
    drugs = total * np.clip(habits.drugs[ward] * np.exp(rng.normal(0, 0.2, count)), 0, 0.85)
    _drugs(rng, yuan, drugs, cohort, ward)
    rest = total - drugs
    for code, share in _WARD_SHARES.items():
        yuan[code] += rest * share
    yuan["D19x01"] += yuan["D19"] * 0.3
    _move(yuan, "D19", "D21", cohort.home == numbers["REHA"], rest * 0.3)
    _move(yuan, "D12", "D22", cohort.home == numbers["TCMD"], rest * 0.25)


def _move(yuan: dict, source: str, target: str, where: np.ndarray, amount: np.ndarray) -> None:
    """In rehabilitation and Chinese medicine a part of the care is of its own class."""
    moved = np.where(where, np.minimum(amount, yuan[source] * 0.9), 0.0)
    yuan[source] -= moved
    yuan[target] += moved
    if source == "D19":
        yuan["D19x01"] = np.minimum(yuan["D19x01"], yuan["D19"])


def _drugs(rng, yuan: dict, drugs: np.ndarray, cohort: Cohort, ward: np.ndarray) -> None:
    """Western, patent and herbal drugs; antibacterials are a part of the western ones, for some patients."""
    habits, count = catalogue.habits(), len(cohort)
    chinese = cohort.home == catalogue.department_index()["TCMD"]
    patent = np.where(rng.random(count) < 0.45, 0.16, 0.0) + np.where(chinese, 0.2, 0.0)
    herbal = np.where(chinese, 0.34, np.where(rng.random(count) < 0.03, 0.05, 0.0))
    yuan["D24"] += drugs * patent
    yuan["D25"] += drugs * herbal
    yuan["D23"] += drugs * (1 - patent - herbal)
    treated = rng.random(count) < np.clip(habits.antibacterial[ward] * 2.6 + 0.06, 0, 0.92)
    share = np.clip(habits.antibacterial[ward] * 1.5 * np.exp(rng.normal(0, 0.4, count)), 0, 0.9)
    yuan["D23x01"] += np.where(treated, yuan["D23"] * share, 0.0)


def _operations(rng, yuan: dict, cohort: Cohort, done: Procedures) -> None:
    """Surgery, anaesthesia and single-use material of the operations of each stay."""
    ops, count = catalogue.operations(), len(cohort)
    vary = np.exp(rng.normal(0, 0.14, len(done.stay)))
    narcosis = np.select([ops.anaesthesia == "1", ops.anaesthesia == "2"], [0.42, 0.28], 0.0)
    knife = ops.surgical[done.operation]
    fee = ops.fee[done.operation] * vary
    add = [
        ("D20x02", np.where(knife, fee, 0.0)),
        ("D20x01", fee * narcosis[done.operation]),
        ("D18", np.where(ops.kind[done.operation] == "diagnostic", fee, 0.0)),
        ("D12", np.where(ops.kind[done.operation] == "treatment", fee, 0.0)),
        ("D33", np.where(knife, ops.material[done.operation] * vary, 0.0)),
        ("D32", np.where(knife, 0.0, ops.material[done.operation] * vary)),
    ]
    for code, amount in add:
        yuan[code] += np.bincount(done.stay, amount, count)


def _blood_and_tissue(rng, yuan: dict, outcome: Outcome) -> None:
    """Blood by product, albumin and the like for the transfused, pathology where tissue was examined."""
    count = len(outcome.transfused)
    prices = np.array([260.0, 1400.0, 0.45, 0.8, 1.1])
    yuan["D26"] += outcome.blood @ prices
    serious = outcome.transfused | (outcome.ventilator > 0)
    for code, chance, price in (
        ("D27", 0.4, 900),
        ("D28", 0.08, 1300),
        ("D29", 0.06, 800),
        ("D30", 0.1, 600),
    ):
        given = serious & (rng.random(count) < chance)
        yuan[code] += np.where(given, price * (1 + rng.poisson(1.0, count)), 0.0)
    yuan["D15"] += np.where(outcome.pathology_done, 260 + 340 * rng.random(count), 0.0)
