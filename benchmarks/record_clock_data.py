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


def write(folder: Path, stays: int) -> None:
    """The contract's tables `stays` and `documents`, one file for each month of discharge."""
    random = np.random.default_rng(SEED)
    admitted = random.integers(0, 365 * 1440, stays)
    discharged = admitted + random.integers(1440, 12 * 1440, stays)
    ids = pa.array(np.char.add("S", np.char.zfill(np.arange(stays).astype(str), 8)))
    months = (START + discharged.astype("timedelta64[m]")).astype("datetime64[M]")
    for month in np.unique(months):
        own = np.flatnonzero(months == month)
        name = f"month={month}"
        for table, data in _month(random, ids, own, admitted, discharged).items():
            file = folder / table / name / "rows.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(data, file, compression="zstd")


def _month(
    random, ids: pa.Array, own: np.ndarray, admitted: np.ndarray, discharged: np.ndarray
) -> dict[str, pa.Table]:
    """The rows of the stays discharged in a month."""
    counts = random.poisson(MEAN_EVENTS, len(own))
    stay = np.repeat(own, counts)
    minute = admitted[stay] + (random.random(len(stay)) * (discharged - admitted)[stay]).astype(np.int64)
    minute = minute[np.argsort((stay << 24) + minute, kind="stable")]
    kind = random.integers(0, len(TYPES), len(stay))
    size = len(own)
    stays = {
        "stay_id": ids.take(pa.array(own)),
        "patient_key": ids.take(pa.array(own)),
        "institution": pa.repeat(pa.scalar("H"), size),
        "discharge_department": pa.repeat(pa.scalar("A"), size),
        "admitted_at": _times(admitted[own]),
        "discharged_at": _times(discharged[own]),
    }
    documents = {
        "stay_id": ids.take(pa.array(stay)),
        "document_id": pa.array(np.arange(len(stay))).cast(pa.string()),
        "type": pa.array(TYPES).take(pa.array(kind)),
        "signed_at": _times(minute),
    }
    return {"stays": pa.table(stays), "documents": pa.table(documents)}


def files(folder: Path) -> dict[str, list[Path]]:
    """The files of each table, by month."""
    return {name: sorted((folder / name).glob("month=*/*.parquet")) for name in ("stays", "documents")}


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
