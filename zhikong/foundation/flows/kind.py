"""Tells the pack store what a flow is: where its files lie, how they are read, what a new version would change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.flows import library, picture, sheets, wording
from zhikong.foundation.flows.definition import FlowDefinition, read_text
from zhikong.foundation.packstore import kinds

STARTER = """\
id: {id}
version: 1
title: {zh: 新流程}
purpose: 一句话：这个流程办什么事、给谁用
source: {document: 医院规定, clause: 写明哪一年哪个文件}
owner: quality_office
next_review: 2027-12-31
number: AJ-{year}-{serial:04d}
opens: {roles: [nurse, physician]}
states:
  - id: submitted
    title: 待受理
    owner: {role: quality_office}
    deadline: {working_days: 3, from: entered, says: 医院规定：3 个工作日内受理}
    escalate:
      - {after: {hours: 0}, to: {role: quality_office}}
  - {id: closed, title: 已办结, end: true}
  - {id: withdrawn, title: 已撤回, end: true}
transitions:
  - {id: close, title: 办结, from: submitted, to: closed, owner: true, needs_reason: true}
  - {id: withdraw, title: 撤回, from: submitted, to: withdrawn, kind: withdraw, needs_reason: true}
"""


def register() -> None:
    kinds.register(
        kinds.Kind(
            code=library.KIND,
            folder="flows",
            title=_("流程"),
            parse=parse,
            title_of=lambda flow: flow.title,
            preview=preview,
            effect=effect,
            starter=STARTER,
            self_contained=False,  # guards are checked against the forms that are in force
        )
    )


def parse(text: str, *, file: Path) -> FlowDefinition | list[Problem]:
    """The flow with its guards checked against the forms that are in force."""
    return read_text(text, file=file, forms=sheets.form_names, roles_known=library.role_titles())


def preview(request, flow: FlowDefinition) -> str:
    """The picture, and the same in words."""
    return render_to_string("flows/_preview.html", picture_context(flow, prefix="preview"), request=request)


def picture_context(flow: FlowDefinition, *, prefix: str = "flow", marked: str = "") -> dict:
    titles = library.role_titles()
    return {
        "flow": flow,
        "picture": picture.draw(flow, titles, prefix=prefix, marked=marked),
        "words": wording.sentences(flow, titles),
    }


def effect(old: FlowDefinition | None, new: FlowDefinition, *, now: datetime) -> list[str]:
    """What a new version would change, and what becomes of the cases that are open."""
    from zhikong.foundation.flows import (
        effects,
    )  # needs the models; kinds are registered before they are ready

    return effects.sentences(old, new)
