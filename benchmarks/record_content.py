"""What records say: CPU of all rules of content over a month of charts, of copies among 30,000 notes, and of one draft.

    python benchmarks/record_content.py [--notes 30000] [--json FILE]

The charts are the simulator's. The notes are put together of its sentences, in sixty rooms (department and disease);
a hundredth repeat an earlier one of their room. The peer compares each note with every earlier one of its room
(rapidfuzz, same cutoff); on the first rooms both must find the same notes, otherwise the benchmark fails.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rapidfuzz.distance import Indel

from benchmarks.table import Row, show, write
from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules.reading import load_rules
from zhikong.engine.record_rules.texts.alike import earlier_likes
from zhikong.engine.record_rules.texts.drafts import check_draft
from zhikong.engine.record_rules.texts.judging import Contents
from zhikong.engine.record_rules.texts.model import ContentRule
from zhikong.engine.tables import TABLES
from zhikong.simulator import simulate

NOW = datetime(2026, 2, 1)  # noqa: DTZ001  facts carry the local wall time without a zone
ROOMS, LEAST, COMPARED = 60, 0.95, 6
SECTIONS = ("病程记录", "查房记录", "手术经过", "现病史")


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and its CPU seconds."""
    began = time.process_time()
    return work(), time.process_time() - began


def notes(sentences: list[str], count: int) -> tuple[list[str], list[int]]:
    """Notes and their rooms."""
    rng = random.Random(1)
    rooms = [rng.randrange(ROOMS) for _ in range(count)]
    made: list[str] = []
    newest: dict[int, list[str]] = {}
    for room in rooms:
        before = newest.setdefault(room, [])
        figures = (
            f"BP {rng.randrange(90, 180)}/{rng.randrange(50, 100)}mmHg，P {rng.randrange(55, 120)}次/分。"
        )
        fresh = "。".join(rng.choices(sentences, k=7)) + "。" + figures
        made.append(rng.choice(before) if before and rng.random() < 0.01 else fresh)
        before.append(made[-1])
    return made, rooms


def each_with_each(texts: list[str]) -> set[int]:
    """Places of texts that have one like them before them."""
    return {
        here for here, text in enumerate(texts)
        if any(Indel.normalized_similarity(text, texts[there], score_cutoff=LEAST) >= LEAST for there in range(here))
    }  # fmt: skip


def copies(sentences: list[str], count: int) -> list[Row]:
    texts, rooms = notes(sentences, count)
    ours, spent = timed(
        lambda: {here for here, _, _ in earlier_likes(texts, rooms, range(len(texts)), LEAST)}
    )
    theirs = 0.0
    for room in range(COMPARED):
        own = [place for place, one in enumerate(rooms) if one == room]
        found, cost = timed(lambda own=own: each_with_each([texts[place] for place in own]))
        theirs += cost
        if {own[here] for here in found} != ours & set(own):
            raise SystemExit(
                f"room {room}: {len(found)} found each with each, {len(ours & set(own))} by bands"
            )
    share = theirs * ROOMS / COMPARED
    return [
        Row(f"copies among {count} notes of {ROOMS} rooms", spent, "s", 10, f"{len(ours)} found"),
        Row(
            "share of the CPU of each with each",
            spent / share,
            "x",
            1,
            f"{share:.0f} s, from {COMPARED} rooms",
        ),
    ]


def charts(tables: dict[str, Any]) -> list[Row]:
    rules = [rule for rule in load_rules(ROOT / "national", {}, {})[0] if isinstance(rule, ContentRule)]
    known = {
        name: tables[name].select([c for c in TABLES[name].column_names]) for name in TABLES if name in tables
    }
    run = Contents(rules, Source(memory=known), now=NOW, keep=frozenset({"fail"}))
    counts, spent = timed(lambda: [run.of(rule)[1] for rule in rules])
    judged = sum(sum(one.values()) for one in counts)
    stay = tables["stays"].slice(0, 1).to_pylist()[0]
    own = {
        name: [row for row in known[name].to_pylist() if row["stay_id"] == stay["stay_id"]]
        for name in known if TABLES[name].child_of
    }  # fmt: skip
    draft = next(row for row in own["documents"] if row["type"] == "38")
    text = [row for row in own["document_sections"] if row["document_id"] == draft["document_id"]]
    _, once = timed(
        lambda: [
            check_draft(rules, stay=stay, document=draft, sections=text, children=own, now=NOW)
            for _ in range(20)
        ]
    )
    return [
        Row(f"{len(rules)} rules over {tables['stays'].num_rows} charts", spent, "s", None, f"{judged} verdicts"),
        Row("one draft, all rules", once / 20 * 1000, "ms", 100),
    ]  # fmt: skip


ROOT = Path(__file__).resolve().parents[1] / "zhikong" / "packs"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=30_000)
    parser.add_argument("--json", type=Path)
    given, _ = parser.parse_known_args()
    made = simulate(seed=1, months=1, first_month="2025-11", scale=0.2, events=True)
    sections = made.tables["document_sections"].select(["section", "text"]).to_pylist()
    told = (
        part for row in sections if row["section"] in SECTIONS for part in (row["text"] or "").split("。")
    )
    rows = [*charts(made.tables), *copies(sorted({part for part in told if len(part) > 8}), given.notes)]
    print(show(rows))
    if given.json:
        write(given.json, rows)


if __name__ == "__main__":
    main()
