"""Clinical pathways: who of the fitting diagnoses was put on one, and how it ended."""

import numpy as np

from zhikong.engine.tables.event_codes import PATHWAY_OUTCOME
from zhikong.simulator import catalogue
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.rows import Rows, Words

OUTCOMES = [code for code, _ in PATHWAY_OUTCOME.values]
COMPLETED, EXITED, RUNNING = range(3)
REASONS = ("出现并发症", "诊断变更", "患者要求退出", "转科治疗", "检查结果异常需进一步诊治", "费用原因")


def pathways(block: Block) -> Rows:
    """The table `pathways`: a third of the hospital's diagnoses has a pathway."""
    rng, mix = block.rng("pathways"), catalogue.cases()
    has = np.arange(len(mix.code)) % 3 == 0
    i = np.flatnonzero(has[block.cohort.case] & (rng.random(len(block)) < 0.72) & block.full)
    entered = block.admitted[i] + 30 + rng.integers(0, 20 * 60, len(i))
    exited = (rng.random(len(i)) < 0.11) | block.cohort.dead[i]
    share = 0.2 + 0.7 * rng.random(len(i))
    left = np.where(
        exited, entered + ((block.discharged[i] - entered) * share).astype(np.int64), block.discharged[i]
    )
    outcome = np.where(exited, EXITED, COMPLETED)
    if block.now is not None:
        outcome = np.where(left >= block.now, RUNNING, outcome)
    reason = np.where(outcome == EXITED, rng.integers(0, len(REASONS), len(i)), -1)
    case = block.cohort.case[i]
    columns = {
        "code": Words(case, np.char.add("LJ-", mix.code)),
        "name": Words(case, np.char.add(mix.name, "临床路径")),
        "entered_at": entered,
        "left_at": left,
        "outcome": Words(outcome, OUTCOMES),
        "reason": Words(reason, REASONS),
        "variances": np.where(exited, 1, 0) + rng.poisson(0.4, len(i)),
    }
    return Rows("pathways", i, columns)
