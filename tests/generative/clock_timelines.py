"""Random clock rules over random stays: times lie on few minutes, so that bounds and equal minutes are met often."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.reading import rule_of_text, vocabulary
from zhikong.engine.tables import TABLES

PACK = Path(__file__).resolve().parents[2] / "zhikong/packs/national"
START = datetime(2026, 1, 5)  # noqa: DTZ001  facts carry the local wall time without a zone
NOW = START + timedelta(days=9, hours=3)
ANCHORS = (
    "admission",
    "operation_end",
    "consultation_requested",
    "critical.start",
    "leave.end",
    "rescue_end",
)
RESPONSES = ("progress_note", "ward_round", "operation_record", "consultation_completed", "operation_consent")
STATES = ("critical", "serious", "leave")
APPLIES = (
    "age_years >= 18", "sex = '1' or age_years < 60", "autopsy is null or autopsy <> '1'", "marital = '20' or sex = '2'",
    "has(operations, kind = 'surgery')",
)  # fmt: skip
HEAD = {
    "version": 1, "status": "published", "kind": "clock", "title": "随机规则", "why": "检验几种评估方式一致。",
    "source": {"document": "测试", "mark": "memory"}, "owner": "quality_office", "checker": "medical_affairs",
    "next_review": datetime(2027, 10, 31).date(), "severity": "error", "points": 1, "message": "请补齐。",  # noqa: DTZ001
}  # fmt: skip


def rules(chance: random.Random, count: int) -> list[ClockRule]:
    """So many rules that can be read; what the language refuses is drawn again."""
    known, found = vocabulary(PACK, {}), []
    while len(found) < count:
        text = yaml.safe_dump(_rule(chance, f"random-{len(found)}"), allow_unicode=True)
        made = rule_of_text(text, file=PACK / f"random-{len(found)}.yaml", codes={}, events=known)
        if isinstance(made, ClockRule):
            found.append(made)
    return found


def _rule(chance: random.Random, name: str) -> dict[str, Any]:
    demand = chance.choice(("within", "within", "before", "every", "every", "required", "never"))
    made = HEAD | {"id": name, "when": _when(chance), "then": _then(chance)}
    if demand in ("required", "never"):
        made[demand] = True
    else:
        made[demand] = _limit(chance, demand)
    for key, value in _further(chance, demand).items():
        if chance.random() < 0.3:
            made[key] = value
    return made


def _when(chance: random.Random) -> Any:
    kind = chance.random()
    if kind < 0.3:
        return {"state": chance.choice(STATES)}
    if kind < 0.7:
        return {"event": chance.choice(ANCHORS), "pick": chance.choice(("each", "first", "last"))}
    return {"any_of": chance.sample(ANCHORS, 2)}


def _then(chance: random.Random) -> Any:
    chosen: dict[str, Any] = {"any_of": chance.sample(RESPONSES, chance.choice((1, 1, 2)))}
    if chance.random() < 0.3:
        chosen["same"] = "about"
    if chosen["any_of"] in (["progress_note"], ["ward_round"]) and chance.random() < 0.3:
        chosen["level"] = ["attending", "chief"]
    return chosen


def _limit(chance: random.Random, demand: str) -> str:
    elapsed = ("0 min", "6 h", "12 h", "1 d", "3 d")
    counted = ("2 workdays", "1 calendar_day", "same_day")
    if demand == "within":
        return chance.choice((*elapsed, *counted, "same_shift"))
    return chance.choice(elapsed if demand == "before" else (*elapsed[1:], *counted[:2]))


def _further(chance: random.Random, demand: str) -> dict[str, Any]:
    excuse = {"event": chance.choice(("discharge", "refusal", "ward_round", "operation_consent"))}
    if chance.random() < 0.4:
        excuse["anywhere"] = True
    elif chance.random() < 0.3:
        excuse["same"] = "about"
    found: dict[str, Any] = {
        "while": [chance.choice(STATES)],
        "not_while": [chance.choice(STATES)],
        "unless": [excuse],
        "applies": chance.choice(APPLIES),
        "valid": {"from": START.date() + timedelta(days=1), "to": None},
    }
    if demand in ("within", "before", "required", "every"):
        found["times"] = 2
    if demand in ("within", "every"):
        found["suspend"] = [chance.choice(STATES)]
    if demand == "within":
        found["not_before"] = chance.choice(("-6 h", "6 h"))
    if demand == "before":
        found["not_before"] = "1 d"
    if demand in ("every", "never"):
        found["until"] = chance.choice(("discharge", "operation_end", ["rescue_end", "2 d"]))
    if demand == "every":
        found["restart"] = ["operation_end"]
    return found


def source(chance: random.Random, stays: int) -> Source:
    """So many stays with some rows of everything that the rules look at; the other tables are there and empty."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for number in range(stays):
        _stay(chance, tables, f"S{number:03d}")
    for day in range(-1, 11):
        for hour, length in ((8, 12), (20, 12)):
            if chance.random() < 0.8:
                started = START + timedelta(days=day, hours=hour)
                tables["duty_shifts"].append(
                    {
                        "shift_id": f"D{day}{hour}", "institution": "H1", "department": "A", "staff": "d1",
                        "kind": chance.choice(("day", "night", "on_call")), "started_at": started,
                        "ended_at": started + timedelta(hours=length),
                    }
                )  # fmt: skip
    return Source.of_rows({name: [_whole(name, row) for row in rows] for name, rows in tables.items()})


def _whole(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {column.name: row.get(column.name) for column in TABLES[table].columns}


def _moment(chance: random.Random, start: datetime, unknown: float = 0.06) -> datetime | None:
    """One of few moments: whole quarters of a day, and a minute beside them."""
    if chance.random() < unknown:
        return None
    return start + timedelta(hours=6 * chance.randrange(0, 30), minutes=chance.choice((0, 0, 0, 1, -1)))


def _stay(chance: random.Random, tables: dict[str, list[dict[str, Any]]], stay: str) -> None:
    admitted = START + timedelta(hours=6 * chance.randrange(0, 12))
    left = admitted + timedelta(hours=6 * chance.randrange(1, 30))
    own = {"stay_id": stay}
    tables["stays"].append(
        own
        | {
            "patient_key": stay, "institution": "H1", "zone": "Asia/Shanghai", "admitted_at": admitted,
            "discharged_at": None if chance.random() < 0.3 else left, "sex": chance.choice(("1", "2", None)),
            "age_years": chance.choice((10, 40, 70, None)), "discharge_department": "A", "admission_department": "A",
        }
    )  # fmt: skip
    if chance.random() < 0.7:
        tables["front_pages"].append(
            own | {"autopsy": chance.choice(("1", "2", None)), "marital": chance.choice(("10", "20", None))}
        )
    for seq in range(1, chance.randrange(1, 4)):
        tables["operations"].append(
            own | {"seq": seq, "kind": chance.choice(("surgery", "surgery", None)), "performed_at": _moment(chance, admitted),
                   "ended_at": _moment(chance, admitted)}
        )  # fmt: skip
    for number in range(chance.randrange(0, 7)):
        tables["documents"].append(_document(chance, stay, number, admitted))
    for number in range(chance.randrange(0, 3)):
        kind = chance.choice(("operation", "refusal"))
        tables["consents"].append(
            own | {"consent_id": f"{stay}c{number}", "kind": kind, "signed_at": _moment(chance, admitted),
                   "talked_at": _moment(chance, admitted), "about": chance.choice(("operations:1", "operations:2", None)),
                   "signer": "patient"}
        )  # fmt: skip
    for number in range(chance.randrange(0, 3)):
        asked = _moment(chance, admitted)
        tables["consultations"].append(
            own | {"consultation_id": f"{stay}h{number}", "requested_at": asked, "completed_at": _moment(chance, admitted)}
        )  # fmt: skip
    _states(chance, tables, own, admitted)


def _document(chance: random.Random, stay: str, number: int, admitted: datetime) -> dict[str, Any]:
    return {
        "stay_id": stay, "document_id": f"{stay}d{number}", "type": chance.choice(("38", "38", "39", "09")),
        "signed_at": _moment(chance, admitted, 0.15), "written_at": _moment(chance, admitted),
        "author_level": chance.choice(("resident", "attending", "chief", None)), "author": "d1",
        "about": chance.choice(("operations:1", "operations:2", f"consultations:{stay}h0", None)),
    }  # fmt: skip


def _states(chance: random.Random, tables: dict[str, list[dict[str, Any]]], own, admitted: datetime) -> None:
    used = set()
    for _ in range(chance.randrange(0, 4)):
        started = _moment(chance, admitted, 0)
        kind = chance.choice(STATES)
        if started is None or (kind, started) in used:
            continue
        used.add((kind, started))
        ended = started + timedelta(hours=6 * chance.randrange(0, 12)) if chance.random() < 0.8 else None
        tables["condition_periods"].append(own | {"kind": kind, "started_at": started, "ended_at": ended})
    if chance.random() < 0.3:
        moments = {_moment(chance, admitted, 0) for _ in range(2)}
        tables["rescues"] += [own | {"started_at": m, "ended_at": _moment(chance, admitted)} for m in moments]
    if chance.random() < 0.3:
        at = _moment(chance, admitted)
        tables["transfers"].append(own | {"seq": 1, "from_department": "A", "to_department": "B", "at": at})
