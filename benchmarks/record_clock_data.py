"""A hospital's stream of documents for the clock benchmark: stays, about thirty events each of thirty types, thirty rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.definitions.located import Located
from zhikong.engine.record_rules.clock import reading
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.events.reading import events_of

TYPES = [f"{number:02d}" for number in range(1, 31)]
MEAN_EVENTS = 28.2
START = np.datetime64("2025-01-01T00:00", "m")
SEED = 20_261_122
WITHIN = [(a, a + 6, hours) for a, hours in zip(range(18), [2, 4, 6, 8, 12, 24] * 3, strict=True)]
EVERY = [(24 + i, hours) for i, hours in enumerate([12, 24, 24, 48, 72, 72])]
BEFORE = [(18 + i, i, hours) for i, hours in enumerate([2, 6, 12, 24, 48, 72])]
"""Places of types: B within hours after each A; B at least every hours from admission to discharge; B in the hours
before each A."""


def write(folder: Path, stays: int) -> dict[str, Path]:
    """The files: the contract's tables for the engine, and for the peers the same events as plain whole numbers."""
    random = np.random.default_rng(SEED)
    admitted = random.integers(0, 365 * 1440, stays)
    length = random.integers(1440, 12 * 1440, stays)
    counts = random.poisson(MEAN_EVENTS, stays)
    stay = np.repeat(np.arange(stays), counts)
    minute = admitted[stay] + (random.random(len(stay)) * length[stay]).astype(np.int64)
    order = np.argsort((stay << 24) + minute, kind="stable")
    minute = minute[order]
    kind = random.integers(0, len(TYPES), len(stay)).astype(np.int8)
    ids = np.char.add("S", np.char.zfill(np.arange(stays).astype(str), 8))
    files = {name: folder / f"{name}.parquet" for name in ("stays", "documents", "events", "ends")}
    _contract(files, ids, stay, minute, kind, admitted, admitted + length)
    pq.write_table(
        pa.table({"encounter": pa.array(stay.astype(np.int32)), "type": pa.array(kind), "minute": pa.array(minute.astype(np.int32))}),
        files["events"], compression="zstd",
    )  # fmt: skip
    ends = {
        "encounter": np.arange(stays, dtype=np.int32),
        "start": admitted.astype(np.int32),
        "end": (admitted + length).astype(np.int32),
    }
    pq.write_table(pa.table(ends), files["ends"], compression="zstd")
    return files


def _contract(files, ids, stay, minute, kind, admitted, discharged) -> None:
    size = len(ids)
    stays = {
        "stay_id": pa.array(ids),
        "patient_key": pa.array(ids),
        "institution": pa.repeat(pa.scalar("H"), size),
        "discharge_department": pa.repeat(pa.scalar("A"), size),
        "admitted_at": _times(admitted),
        "discharged_at": _times(discharged),
    }
    pq.write_table(pa.table(stays), files["stays"], compression="zstd")
    documents = {
        "stay_id": pa.DictionaryArray.from_arrays(pa.array(stay.astype(np.int32)), pa.array(ids)),
        "document_id": pa.array(np.arange(len(stay))).cast(pa.string()),
        "type": pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(TYPES)),
        "signed_at": _times(minute),
    }
    pq.write_table(pa.table(documents), files["documents"], compression="zstd")


def _times(minutes: np.ndarray) -> pa.Array:
    return pa.array((START + minutes.astype("timedelta64[m]")).astype("datetime64[us]"))


def rules() -> list[ClockRule]:
    """The thirty rules in the engine's language."""
    events = [
        {"id": "admission", "title": "入院", "table": "stays", "at": "admitted_at"},
        *(
            {"id": f"event_{i}", "title": f"文书 {code}", "table": "documents", "where": f"type = '{code}'", "at": "signed_at"}
            for i, code in enumerate(TYPES)
        ),
    ]  # fmt: skip
    found = {one.id: one for one in events_of(Located(Path("events/benchmark.yaml"), events), {})}
    said = [{"when": f"event_{a}", "then": f"event_{b}", "within": f"{hours} h"} for a, b, hours in WITHIN]
    said += [{"when": "admission", "then": f"event_{b}", "every": f"{hours} h"} for b, hours in EVERY]
    said += [
        {"when": f"event_{a}", "then": f"event_{b}", "before": "0 min", "not_before": f"{hours} h"}
        for a, b, hours in BEFORE
    ]
    return [_rule(place, one, found) for place, one in enumerate(said)]


def _rule(place: int, said: dict, events) -> ClockRule:
    head = {
        "id": f"rule-{place:02d}", "version": 1, "status": "published", "kind": "clock", "title": "benchmark", "why": "benchmark",
        "source": {"document": "benchmark", "mark": "memory"}, "owner": "quality_office", "checker": "medical_affairs",
        "next_review": date(2100, 1, 1), "severity": "error", "points": 1, "message": "benchmark",
    }  # fmt: skip
    rule = reading.rule_of(Located(Path(f"rule-{place:02d}.yaml"), head | said), {}, events)
    assert isinstance(rule, ClockRule), [str(problem) for problem in rule]
    return rule
