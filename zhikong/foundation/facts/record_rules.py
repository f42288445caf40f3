"""Record rules in the pack store: the packs' and the hospital's own, read with the engine's checks."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from zhikong import packs
from zhikong.engine.definitions.model import CodeList, Status
from zhikong.engine.definitions.nodes import CodeRange
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.shelves import by_reference, read_codes
from zhikong.engine.record_rules import RecordRule, rule_of_text
from zhikong.engine.record_rules.events import Events, load_events
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.queries import resolve_all

KIND = "record_rule"
STARTER = """\
id: {id}
version: 1
status: published
kind: row
title: 写成应当做到的事
why: 一句话写明为什么要检查。
source: {document: 本院制度, clause: 写明条款, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
severity: warning
applies: null
passes: "days >= 1"
points: 1
message: 写明哪里不对、怎么改。
"""


def register() -> None:
    """Make the kind known to the pack store; called when the app is ready."""
    kinds.register(
        kinds.Kind(
            code=KIND,
            folder="record_rules",
            title=_("质控规则"),
            parse=parse,
            title_of=lambda rule: rule.title,
            holds=lambda rule: rule.status is Status.PUBLISHED,
            starter=STARTER,
        )
    )


def parse(text: str, *, file: Path) -> RecordRule | list[Problem]:
    """A rule with every check of the engine; value sets are those of the packs."""
    return rule_of_text(text, file=file, codes=_codes(), events=events())


@cache
def _codes() -> dict[str, tuple[CodeRange, ...]]:
    files = sorted(Path(packs.__path__[0]).glob("*/codes/*.yaml"))
    read = (read_codes(file) for file in files)
    lists = by_reference(found for found in read if isinstance(found, CodeList))
    return {name: found.ranges for name, found in lists.items()}


@cache
def events() -> Events:
    """The events that clock rules may name: those of the packs."""
    folders = sorted(f.parent for f in Path(packs.__path__[0]).glob("*/pack.yaml"))
    return load_events(folders, _codes())[0]


def rules_in_force(*, on: date) -> list[RecordRule]:
    """The published rules of the packs and of the hospital in scope, by id."""
    found = {one.id: one.obj for one in resolve_all(KIND, on=on)}
    return [found[name] for name in sorted(found)]
