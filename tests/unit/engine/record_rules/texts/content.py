"""Rules of content written in a line or two, and charts to try them on."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime
from pathlib import Path

from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules import rule_of_text
from zhikong.engine.record_rules.texts.judging import judge_encounters, needs_of

NOW = datetime(2026, 2, 1)
HEAD = """\
id: {id}
version: 1
status: published
kind: {kind}
title: 例
why: 例
source: {{document: 例, mark: memory}}
owner: quality_office
checker: medical_affairs
next_review: 2100-01-01
severity: error
points: 2
message: 请改正
"""


def read(body: str, *, kind: str = "text", id: str = "example"):
    """The rule, or the list of what is wrong with it."""
    return rule_of_text(HEAD.format(id=id, kind=kind) + body, file=Path(f"{id}.yaml"), codes={})


def rule(body: str, **how):
    found = read(body, **how)
    assert not isinstance(found, list), [str(p) for p in found]
    return found


def stay(stay_id: str = "s1", **said):
    usual = dict(
        patient_key=f"p-{stay_id}", institution="H", zone="Asia/Shanghai", admitted_at=datetime(2026, 1, 1, 8),
        discharged_at=datetime(2026, 1, 20, 8), discharge_department="CARD", principal_diagnosis="I20.000",
    )  # fmt: skip
    return {"stay_id": stay_id} | usual | said


def document(document_id: str, type: str, stay_id: str = "s1", day: int = 5, **said):
    moment = datetime(2026, 1, day, 10)
    return {"stay_id": stay_id, "document_id": document_id, "type": type, "author": "D1", "written_at": moment,
            "signed_at": moment} | said  # fmt: skip


def section(document_id: str, name: str, text: str | None, stay_id: str = "s1", seq: int = 1):
    return {"stay_id": stay_id, "document_id": document_id, "seq": seq, "section": name, "text": text}


def verdicts(one, rows, **how):
    """encounter -> the row of the verdict; tables of the rule that `rows` lacks are there and empty."""
    given = {name: [] for name in needs_of(one)} | rows
    found = judge_encounters([one], Source.of_rows(given), now=NOW, **how).to_pylist()
    return {row["encounter"]: row for row in found}
