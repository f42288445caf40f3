"""The judge in plain Python: one rule, one record at a time. Slow and right; the fused judge must agree with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pyarrow as pa

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.reference import World, month_of
from zhikong.engine.backends.reference_eval import Env, evaluate
from zhikong.engine.backends.source import Row, Source
from zhikong.engine.record_rules.model import (
    COUNT_SCHEMA,
    FAILURE_SCHEMA,
    SCORE_SCHEMA,
    Judgement,
    RecordRule,
    Verdict,
)
from zhikong.engine.record_rules.refs import BESIDE, reads_page
from zhikong.engine.results import Reason

Delivered = Mapping[tuple[str, str], frozenset[tuple[str, str]]]
"""(institution, month) -> (table, column) that hold at least one value there."""


def judge(
    rules: Sequence[RecordRule],
    unmet_ids: frozenset[str],
    unmet: dict[str, Reason],
    source: Source,
    months: Sequence[str],
    departments: Sequence[str] | None,
    limits: Limits,
) -> Judgement:
    """See `judging.judge`; `limits` do not apply here."""
    world = World(source)
    everywhere = [env for env in world.rows("stays") if month_of(env.row["discharged_at"]) in set(months)]
    delivered = delivered_columns(everywhere)
    records = [
        env for env in everywhere if departments is None or env.row["discharge_department"] in departments
    ]
    errors: dict[str, str] = {}
    verdicts = {
        rule.id: [Verdict.NOT_ASSESSABLE] * len(records)
        if rule.id in unmet_ids
        else _of_rule(rule, records, delivered, errors)
        for rule in rules
    }
    return Judgement(
        _counts(verdicts, records),
        _scores(rules, verdicts, records),
        _failures(verdicts, records),
        unmet,
        errors,
    )


def verdict(rule: RecordRule, env: Env, delivered: Delivered) -> Verdict:
    """The verdict of one rule on one record. Raises what the expressions raise."""
    there = delivered.get(_cell(env.row), frozenset())
    if any(pair not in there for pair in rule.delivered):
        return Verdict.NOT_ASSESSABLE
    page = env.children.get(BESIDE, [])
    whole = Env({**(page[0] if page else {}), **env.row}, children=env.children)
    applies = True if rule.applies is None else evaluate(rule.applies, whole)
    if applies is False:
        return Verdict.NOT_APPLICABLE
    if (
        applies is None
        or (reads_page(rule) and not page)
        or any(evaluate(ref, whole) is None for ref in rule.needs)
    ):
        return Verdict.NOT_ASSESSABLE
    held = evaluate(rule.passes, whole)
    if held is None:
        return Verdict.NOT_ASSESSABLE
    return Verdict.PASS if held else Verdict.FAIL


def _cell(row: Row) -> tuple[str, str]:
    return row["institution"], month_of(row["discharged_at"]) or ""


def delivered_columns(records: Sequence[Env]) -> Delivered:
    """Which columns hold at least one value, by institution and month."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for env in records:
        rows = [("stays", env.row), *((t, row) for t, own in env.children.items() for row in own)]
        found[_cell(env.row)].update((t, c) for t, row in rows for c, v in row.items() if v is not None)
    return {cell: frozenset(pairs) for cell, pairs in found.items()}


def _of_rule(rule, records, delivered, errors: dict[str, str]) -> list[Verdict]:
    try:
        return [verdict(rule, env, delivered) for env in records]
    except (ArithmeticError, TypeError, ValueError, KeyError) as error:
        errors[rule.id] = f"{type(error).__name__}: {error}"
        return [Verdict.ERROR] * len(records)


def _place(env: Env) -> dict:
    row = env.row
    return {
        "institution": row["institution"],
        "department": row["discharge_department"],
        "day": row["discharged_at"].date(),
    }


def _counts(verdicts: dict[str, list[Verdict]], records: Sequence[Env]) -> pa.Table:
    found: dict[tuple, Counter] = defaultdict(Counter)
    for rule, given in verdicts.items():
        for env, one in zip(records, given, strict=True):
            found[rule, *_place(env).values()][one] += 1
    rows = [
        dict(zip(("rule", "institution", "department", "day"), key, strict=True))
        | {v.word: counter[v] for v in Verdict}
        for key, counter in found.items()
    ]
    return _sorted(rows, COUNT_SCHEMA, ("rule", "institution", "department", "day"))


def _scores(rules, verdicts: dict[str, list[Verdict]], records: Sequence[Env]) -> pa.Table:
    rows = []
    for place, env in enumerate(records):
        given = {rule.id: verdicts[rule.id][place] for rule in rules}
        lost = sum(rule.tenths for rule in rules if given[rule.id] is Verdict.FAIL)
        counts = Counter(given.values())
        rows.append(
            {"stay_id": env.row["stay_id"], **_place(env), "score": max(0, 1000 - lost) / 10}
            | {v.word: counts[v] for v in Verdict}
        )
    return _sorted(rows, SCORE_SCHEMA, ("stay_id",))


def _failures(verdicts: dict[str, list[Verdict]], records: Sequence[Env]) -> pa.Table:
    told = (Verdict.FAIL, Verdict.ERROR)
    rows = [
        {"rule": rule, "stay_id": env.row["stay_id"], **_place(env), "verdict": one.word}
        for rule, given in verdicts.items()
        for env, one in zip(records, given, strict=True)
        if one in told
    ]
    return _sorted(rows, FAILURE_SCHEMA, ("rule", "stay_id"))


def _sorted(rows: list[dict], schema: pa.Schema, keys: tuple[str, ...]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema).sort_by([(key, "ascending") for key in keys])
