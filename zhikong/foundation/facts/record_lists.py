"""Special checks in the pack store: the packs' and the hospital's own lists of rules."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from zhikong.engine.definitions.model import Status
from zhikong.engine.record_rules.lists import FOLDER, RecordList, list_of_text
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.queries import resolve_all

KIND = "record_list"
STARTER = """\
id: {id}
version: 1
status: published
title: 检查的名称
why: 一句话：为什么检查
source: {document: 本院工作计划, clause: 写明条款, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
period: month
choose:
  rows: [T29]
  words: [谈话]
"""


def register() -> None:
    """Make the kind known to the pack store; called when the app is ready."""
    kinds.register(
        kinds.Kind(
            code=KIND,
            folder=FOLDER,
            title=_("专项检查"),
            parse=list_of_text,
            title_of=lambda one: one.title,
            holds=lambda one: one.status is Status.PUBLISHED,
            starter=STARTER,
        )
    )


def lists_in_force(*, on: date) -> list[RecordList]:
    """The published lists of the packs and of the hospital in scope: standing ones first, then themes by month."""
    found = [one.obj for one in resolve_all(KIND, on=on)]
    return sorted(found, key=lambda one: (bool(one.months), one.months, one.id))
