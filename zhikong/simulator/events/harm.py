"""Tubes and lines, infections acquired in hospital, and adverse events known to other systems."""

import numpy as np

from zhikong.engine.tables.event_codes import DEVICE_KIND, HARM, INFECTION_SITE
from zhikong.simulator import catalogue, diagnoses, hospital
from zhikong.simulator.clock import DAY, months_of
from zhikong.simulator.columns import department_words, month_words, one, stay_ids
from zhikong.simulator.events.block import Block
from zhikong.simulator.events.planting import Book, delays, remember_delays
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Words, apart, numbers
from zhikong.simulator.events.surgery import Surgery
from zhikong.simulator.procedures import INFECTED

DEVICES = [code for code, _ in DEVICE_KIND.values]
VENTILATOR, LINE, CATHETER, AIRWAY, STOMACH, DRAIN = range(6)
SITES = [code for code, _ in INFECTION_SITE.values]
HARMS = [code for code, _ in HARM.values]
REPORT_WITHIN = DAY
SLIPS = np.array([0, 0.03, 0.006, 0.02, 0.02, 0.006])
"""Share of each kind of device that comes out unplanned."""
_SITE_OF = (
    ("J12", "respiratory"), ("J13", "respiratory"), ("J14", "respiratory"), ("J15", "respiratory"),
    ("J18", "respiratory"), ("J95", "respiratory"), ("A40", "bloodstream"), ("A41", "bloodstream"),
    ("T80.2", "crbsi"), ("T83.5", "cauti"), ("N39", "urinary"), ("T81.4", "ssi"), ("A04", "gastrointestinal"),
    ("A09", "gastrointestinal"), ("L08", "skin"), ("L03", "skin"),
)  # fmt: skip
"""Which acquired diagnoses (入院病情 4) are infections, and of what site."""
ORGANISMS = (
    "鲍曼不动杆菌", "肺炎克雷伯菌", "铜绿假单胞菌", "金黄色葡萄球菌", "大肠埃希菌", "屎肠球菌", "表皮葡萄球菌",
    "白色念珠菌", "阴沟肠杆菌", "嗜麦芽窄食单胞菌",
)  # fmt: skip


def devices(block: Block, surgery: Surgery) -> Rows:
    """The table `devices`: days on the ventilator as the front page has them, catheters around operations."""
    rng = block.rng("devices")
    hours = block.of(block.stages.outcome.ventilator)
    lots = _ventilators(rng, block, hours) + _lines(rng, block, surgery) + _catheters(rng, block, surgery)
    i, kind, placed, removed = (np.concatenate(part) for part in zip(*lots, strict=True))
    removed = np.minimum(removed, block.discharged[i])
    placed = np.minimum(placed, removed)
    order = np.lexsort((kind, placed, i))
    i, kind, placed, removed = i[order], kind[order], placed[order], removed[order]
    early = rng.random(len(i)) < SLIPS[kind]
    columns = {
        "device_id": Ids("G", numbers(block, i)),
        "kind": Words(kind, DEVICES),
        "placed_at": placed,
        "removed_at": removed,
        "unplanned_removal": early,
        "department": department_words(block.department_at(i, placed)),
    }
    return Rows("devices", i, columns)


def _ventilators(rng, block: Block, hours: np.ndarray):
    """One period of so many hours, from the entry into intensive care where there was one."""
    start = block.admitted + np.minimum(30, block.length // 10)
    i, entered, _ = block.intensive
    start[i] = entered
    own = np.flatnonzero(hours)
    begin = np.maximum(np.minimum(start[own], block.discharged[own] - hours[own] * 60), block.admitted[own])
    end = begin + hours[own] * 60
    return [(own, np.full(len(own), kind), begin, end) for kind in (VENTILATOR, AIRWAY)]


def _lines(rng, block: Block, surgery: Surgery):
    own = np.flatnonzero(surgery.operation == catalogue.operations().number("38.9301"))
    days = (np.exp(rng.normal(1.7, 0.5, len(own))) * DAY).astype(np.int64)
    return [(surgery.i[own], np.full(len(own), LINE), surgery.ended[own], surgery.ended[own] + days)]


def _catheters(rng, block: Block, surgery: Surgery):
    """Catheters, stomach tubes and drains of major surgery; catheters of intensive care."""
    lots = []
    for kind, share, days in ((CATHETER, 0.55, 1.6), (STOMACH, 0.12, 2.0), (DRAIN, 0.42, 3.0)):
        own = np.flatnonzero(surgery.knife & surgery.narcosis & (rng.random(len(surgery)) < share))
        stay = 6 * 60 + (rng.gamma(2.0, days / 2, len(own)) * DAY).astype(np.int64)
        lots.append(
            (surgery.i[own], np.full(len(own), kind), surgery.started[own], surgery.ended[own] + stay)
        )
    i, entered, left = block.intensive
    there = rng.random(len(i)) < 0.8
    i, entered, left = i[there], entered[there] + 30, left[there]
    return [*lots, (i, np.full(len(i), CATHETER), np.minimum(entered, left), left)]


def infections(block: Block, book: Book, surgery: Surgery, lines: Rows) -> Rows:
    """The table `infections`: what the front page has, what tubes brought; some were never reported."""
    rng = block.rng("infections")
    lots = [_wounds(rng, block, surgery), _diagnosed(rng, block), *_of_devices(rng, block, lines)]
    i, site, onset, operation = (np.concatenate(part) for part in zip(*lots, strict=True))
    order = np.lexsort((onset, i))
    i, site, onset, operation = i[order], site[order], onset[order], operation[order]
    onset = _on_the_ventilator(block, lines, i, site, onset)
    confirm = onset + 60 + (rng.random(len(i)) * 30 * 60).astype(np.int64)
    taken, _ = delays(rng, len(i), REPORT_WITHIN, late=block.careless(0.08), edge=0.08)
    key = Ids("GR", numbers(block, i))
    silent = rng.random(len(i)) < 0.04
    book.add("infection_not_reported", "infections", key.take(np.flatnonzero(silent)), i[silent])
    told = np.flatnonzero(~silent)
    remember_delays(
        book, "infection_report_24_h", "infections", key.take(told), i[told], taken[told], REPORT_WITHIN
    )
    columns = {
        "infection_id": key,
        "site": Words(site, SITES),
        "onset_at": onset,
        "reported_at": np.where(silent, NEVER, confirm + taken),
        "confirmed_at": confirm,
        "organism": Words(
            np.where(rng.random(len(i)) < 0.7, rng.integers(0, len(ORGANISMS), len(i)), -1), ORGANISMS
        ),
        "resistant": rng.random(len(i)) < 0.18,
        "operation_seq": operation,
        "department": department_words(block.department_at(i, onset)),
    }
    return Rows("infections", i, columns)


def _on_the_ventilator(block: Block, lines: Rows, i, site, onset) -> np.ndarray:
    """A pneumonia of ventilation begins after two days of it, while it lasts."""
    own = np.flatnonzero(lines.columns["kind"].index == VENTILATOR)
    placed, removed = np.full(len(block), NEVER), np.full(len(block), NEVER)
    placed[lines.i[own]] = lines.columns["placed_at"][own]
    removed[lines.i[own]] = lines.columns["removed_at"][own]
    room = np.maximum(removed[i] - placed[i] - 2 * DAY, 0)
    share = block.rng("pneumonias of ventilation").random(len(i))
    within = placed[i] + 2 * DAY + (room * share).astype(np.int64)
    return np.where((site == SITES.index("vap")) & (room > 0), within, onset)


_NONE = -(1 << 50)


def _wounds(rng, block: Block, surgery: Surgery):
    """Infections of the operation site: one for each incision that healed badly (丙级)."""
    own = np.flatnonzero(block.stages.procedures.healing[surgery.rows] == INFECTED)
    i, end = surgery.i[own], surgery.ended[own]
    onset = end + ((0.25 + 0.6 * rng.random(len(own))) * (block.discharged[i] - end)).astype(np.int64)
    return i, np.full(len(own), SITES.index("ssi")), onset, surgery.seq[own]


def _diagnosed(rng, block: Block):
    """Infections that the front page lists as not present on admission."""
    made, codes = block.stages.diagnoses, diagnoses.terms()[0]
    site = np.full(len(codes), -1)
    for prefix, name in _SITE_OF:
        site[np.char.startswith(codes, prefix)] = SITES.index(name)
    rows = block.rows(made.stay)
    own = np.flatnonzero((made.on_admission[rows] == 4) & (site[made.term[rows]] >= 0))
    i, which = made.stay[rows][own] - block.first, site[made.term[rows][own]]
    vent = block.of(block.stages.outcome.ventilator)[i] > 48
    which = np.where((which == SITES.index("respiratory")) & vent, SITES.index("vap"), which)
    late = np.minimum(2 * DAY / np.maximum(block.length[i], 1), 0.6)
    onset = block.inside(i, late + (0.9 - late) * rng.random(len(i)))
    return i, which, onset, np.full(len(i), _NONE)


def _of_devices(rng, block: Block, lines: Rows):
    """A few infections of lines and catheters that lay for more than two days."""
    placed, removed, kind = (
        lines.columns["placed_at"],
        lines.columns["removed_at"],
        lines.columns["kind"].index,
    )
    for device, site, rate in ((LINE, "crbsi", 0.0016), (CATHETER, "cauti", 0.0014)):
        days = (removed - placed) / DAY
        own = np.flatnonzero((kind == device) & (days > 2) & (rng.random(len(kind)) < rate * days))
        onset = (
            placed[own]
            + 2 * DAY
            + ((removed[own] - placed[own] - 2 * DAY) * rng.random(len(own))).astype(np.int64)
        )
        yield lines.i[own], np.full(len(own), SITES.index(site)), onset, np.full(len(own), _NONE)


CATEGORIES = (
    "跌倒坠床",
    "压力性损伤",
    "管路滑脱",
    "用药错误",
    "输血不良反应",
    "识别错误",
    "医疗设备事件",
    "其他",
    "药品不良反应",
    "手术事件",
    "麻醉事件",
)


def _further(block: Block, surgery: Surgery):
    """Reactions to drugs in any stay; events in the course of operations and of anaesthesia."""
    rng = block.rng("further adverse events")
    sick = np.flatnonzero(rng.random(len(block)) < 0.01)
    yielded = [
        (
            sick,
            block.inside(sick, rng.random(len(sick))),
            np.full(len(sick), CATEGORIES.index("药品不良反应")),
        )
    ]
    for where, share, name in ((surgery.knife, 0.012, "手术事件"), (surgery.narcosis, 0.006, "麻醉事件")):
        own = np.flatnonzero(where & (rng.random(len(surgery)) < share))
        start, end = surgery.started[own], surgery.ended[own]
        when = start + (rng.random(len(own)) * (end - start)).astype(np.int64)
        yielded.append((surgery.i[own], when, np.full(len(own), CATEGORIES.index(name))))
    return yielded


def adverse_events(block: Block, book: Book, surgery: Surgery, lines: Rows) -> Rows:
    """What other systems registered: falls, slipped tubes, medication errors, reactions to blood and drugs."""
    rng, outcome = block.rng("adverse events"), block.stages.outcome
    slipped = np.flatnonzero(lines.columns["unplanned_removal"])
    reacted = np.flatnonzero(block.of(outcome.reaction))
    others = np.flatnonzero(rng.random(len(block)) < 0.0075)
    kind = rng.choice([0, 1, 3, 5, 6, 7], len(others), p=[0.3, 0.22, 0.22, 0.1, 0.06, 0.1])
    further = _further(block, surgery)
    i = np.concatenate([lines.i[slipped], reacted, others, *(lot[0] for lot in further)])
    when = np.concatenate(
        [
            lines.columns["removed_at"][slipped],
            *(block.inside(s, rng.random(len(s))) for s in (reacted, others)),
            *(lot[1] for lot in further),
        ]
    )
    category = np.concatenate(
        [np.full(len(slipped), 2), np.full(len(reacted), 4), kind, *(lot[2] for lot in further)]
    )
    order = np.lexsort((when, i))
    i, category = i[order], category[order]
    when = apart(i, when[order])
    key, (taken, _) = (
        Ids("AE", numbers(block, i)),
        delays(rng, len(i), DAY, late=block.careless(0.12), edge=0.05),
    )
    remember_delays(book, "adverse_event_24_h", "adverse_events", key, i, taken, DAY)
    harm = rng.choice(6, len(i), p=[0.42, 0.33, 0.17, 0.05, 0.002, 0.028])
    columns = {
        "event_id": key,
        "stay_id": stay_ids(block.first + i),
        "institution": one(hospital.profile().code, len(i)),
        "department": department_words(block.department_at(i, when)),
        "category": Words(category, CATEGORIES),
        "occurred_at": when,
        "recorded_at": when + taken,
        "harm": Words(harm, HARMS),
    }
    if block.now is None:
        columns["month"] = month_words(months_of(when // DAY))
    return Rows("adverse_events", i, columns)
