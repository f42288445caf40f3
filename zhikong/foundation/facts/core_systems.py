"""Lists of core systems in the pack store: the packs' and the hospital's own, each system with its points."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from zhikong.engine.definitions.model import Status
from zhikong.engine.record_rules.systems import FOLDER, SystemSet, resolved, set_of_text
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.queries import resolve_all

KIND = "core_system_set"
STARTER = """\
id: {id}
version: 1
status: published
title: 本院核心制度
purpose: 一句话：这份名单做什么用
source: {document: 本院制度汇编, clause: 写明条款, mark: memory}
owner: medical_affairs
checker: quality_office
next_review: 2027-12-31
systems:
  - {id: first_contact, title: 首诊负责制度}
  - {id: ward_rounds, title: 三级查房制度}
notes: 只写 id 和 title 的制度沿用已有名单里的定义和检查要点。
"""


def register() -> None:
    """Make the kind known to the pack store; called when the app is ready."""
    kinds.register(
        kinds.Kind(
            code=KIND,
            folder=FOLDER,
            title=_("核心制度名单"),
            parse=set_of_text,
            title_of=lambda one: one.title,
            holds=lambda one: one.status is Status.PUBLISHED,
            starter=STARTER,
        )
    )


def sets_in_force(*, on: date) -> dict[str, SystemSet]:
    """The published lists of the packs and of the hospital in scope by id, each system with its points."""
    return resolved({one.id: one.obj for one in resolve_all(KIND, on=on)})
