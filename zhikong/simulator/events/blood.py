"""Transfusions: as much of each component as the front page has, given one after the other."""

import numpy as np

from zhikong.engine.tables.event_codes import BLOOD_COMPONENT
from zhikong.simulator.clock import DAY
from zhikong.simulator.columns import codes
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book, delays, remember_delays
from zhikong.simulator.events.rows import Ids, Rows, Words, numbers
from zhikong.simulator.events.staffing import LEVELS, heads, levels, officer, pick
from zhikong.simulator.events.surgery import Surgery
from zhikong.simulator.procedures import staff_numbers

COMPONENTS = [code for code, _ in BLOOD_COMPONENT.values]
RED, PLASMA, PLATELETS, WHOLE, OWN = (
    COMPONENTS.index(name) for name in ("red_cells", "plasma", "platelets", "whole_blood", "autologous")
)
# component, column of outcome.blood, most in one transfusion, unit, usual minutes
_PRODUCTS = (
    (RED, 0, 2, "U", 130),
    (PLATELETS, 1, 1, "治疗量", 40),
    (PLASMA, 2, 400, "ml", 60),
    (WHOLE, 3, 400, "ml", 120),
    (OWN, 4, 400, "ml", 50),
)
_ML = {RED: 200, PLATELETS: 250, PLASMA: 1, WHOLE: 1, OWN: 1}
"""Millilitres of one unit, by which the approval is chosen (1 U = 200 ml)."""
EVALUATE_WITHIN, LONGEST = DAY, 240
"""Minutes: evaluation after the end; a transfusion takes four hours at most."""
HEAD_FROM, OFFICE_FROM = 800, 1600
"""Millilitres a day from which the head of department, and the medical office, must approve."""


def transfusions(block: Block, book: Book, surgery: Surgery) -> Rows:
    """The table `transfusions`, with late evaluations, long transfusions and wrong approvals planted."""
    rng = block.rng("transfusions")
    i, component, amount, usual = _portions(block)
    minutes = np.clip(np.rint(usual * np.exp(rng.normal(0, 0.18, len(i)))).astype(np.int64), 15, LONGEST - 2)
    edge = rng.random(len(i)) < 0.012
    minutes = np.where(edge, LONGEST + rng.integers(-1, 2, len(i)), minutes)
    started = _starts(rng, block, surgery, i, minutes)
    minutes = np.where(edge, minutes, np.minimum(minutes, np.maximum(block.discharged[i] - started - 1, 5)))
    ended = started + minutes
    requested = np.maximum(started - 30 - rng.integers(0, 500, len(i)), block.admitted[i])
    requested = np.minimum(requested, started)
    key = Ids("X", numbers(block, i))
    requester, approver = _people(rng, block, book, key, i, component, amount, requested)
    taken, _ = delays(rng, len(i), EVALUATE_WITHIN, late=block.careless(0.05), edge=0.03)
    missing = rng.random(len(i)) < 0.015
    remember_delays(book, "transfusion_longest", "transfusions", key, i, minutes, LONGEST)
    there = np.flatnonzero(~missing)
    remember_delays(
        book,
        "transfusion_evaluation",
        "transfusions",
        key.take(there),
        i[there],
        taken[there],
        EVALUATE_WITHIN,
    )
    book.add("transfusion_evaluation_missing", "transfusions", key.take(missing.nonzero()[0]), i[missing])
    columns = {
        "transfusion_id": key,
        "component": Words(component, COMPONENTS),
        "amount": amount.astype(float),
        "unit": Words(np.array([0, 2, 1, 2, 2, 2])[component], ["U", "治疗量", "ml"]),
        "requested_at": requested,
        "requested_by": Words(requester, staff_numbers()),
        "requester_level": Words(levels()[requester], LEVELS),
        "approved_by": Words(approver, staff_numbers()),
        "started_at": started,
        "ended_at": ended,
        "reaction": codes(_reaction(block, i)),
        "evaluated_at": np.where(missing, -(1 << 50), ended + taken),
    }
    return Rows("transfusions", i, columns)


def _portions(block: Block):
    """Stay, component, amount and usual minutes of every transfusion; the amounts add up to the front page's."""
    blood = block.of(block.stages.outcome.blood)
    lots = []
    for component, column, most, _, usual in _PRODUCTS:
        whole = blood[:, column]
        bags = -(-whole // most)
        i = np.repeat(np.arange(len(block)), bags)
        place = np.arange(len(i)) - np.searchsorted(i, i)
        amount = np.minimum(most, whole[i] - place * most)
        lots.append((i, np.full(len(i), component), amount, np.full(len(i), usual)))
    i, component, amount, usual = (np.concatenate(part) for part in zip(*lots, strict=True))
    order = np.argsort(i, kind="stable")
    return i[order], component[order], amount[order], usual[order]


def _starts(rng, block: Block, surgery: Surgery, i, minutes) -> np.ndarray:
    """From the first operation on, or a while after admission; one transfusion begins after the other ends."""
    begin = (
        block.admitted
        + 90
        + (rng.random(len(block)) * np.minimum(block.length * 0.3, 2 * DAY)).astype(np.int64)
    )
    cut = np.flatnonzero(surgery.knife)[::-1]
    begin[surgery.i[cut]] = surgery.started[cut] + 20
    before = np.cumsum(minutes + 20) - (minutes + 20)
    first = np.searchsorted(i, i)
    offset = before - before[first] if len(i) else before
    wanted = begin[i] + offset
    room = block.discharged[i] - minutes - 3
    return np.maximum(np.minimum(wanted, room), block.admitted[i] + 1)


def _people(rng, block: Block, book: Book, key: Ids, i, component, amount, requested):
    """Who applied and who approved: by the amount of the day, with some that had no right to."""
    department = block.department_at(i, requested)
    requester = pick(rng, "attending", department)
    low = rng.random(len(i)) < 0.02
    requester = np.where(low, pick(rng, "resident", department), requester)
    wrong = low & (levels()[requester] == LEVELS.index("resident"))
    book.add("transfusion_requester_level", "transfusions", key.take(np.flatnonzero(wrong)), i[wrong])
    ml = amount * np.array([_ML.get(c, 1) for c in range(len(COMPONENTS))])[component]
    group = i * 100_000 + requested // DAY % 100_000
    day, position = np.unique(group, return_inverse=True)
    total = np.bincount(position, ml, len(day))[position]
    right = np.where(
        total >= OFFICE_FROM,
        officer("MEDA"),
        np.where(total >= HEAD_FROM, heads()[department], pick(rng, "senior", department)),
    )
    weak = (total >= HEAD_FROM) & (rng.random(len(i)) < 0.03)
    book.add("transfusion_approval_level", "transfusions", key.take(np.flatnonzero(weak)), i[weak])
    return requester, np.where(weak, requester, right)


def _reaction(block: Block, i: np.ndarray) -> np.ndarray:
    """1 for the first transfusion of a stay whose front page has a reaction, 2 (none) otherwise."""
    reacted = block.of(block.stages.outcome.reaction)[i]
    first = np.arange(len(i)) == np.searchsorted(i, i)
    return np.where(reacted & first, 1, 2)


def indication(component: np.ndarray) -> np.ndarray:
    """Position of the laboratory item that tells why each component is given: HGB, PLT or APTT."""
    return np.select([np.isin(component, [RED, WHOLE, OWN]), component == PLATELETS], [0, 1], 2)
