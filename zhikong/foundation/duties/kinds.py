"""Duties in the pack store: published with the product, changed by a hospital as versions of its own."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.duties.definition.model import BODY_WORDS, Duty
from zhikong.foundation.duties.definition.reading import parse
from zhikong.foundation.duties.dues import due_of, rule_words
from zhikong.foundation.duties.periods import period_of
from zhikong.foundation.packstore import kinds

CODE = "duty"
STARTER = """\
id: {id}
version: 1
title: {zh: 这项职责的名称}
purpose: 一句话：为什么要做、做了给谁看
source: {document: 本院制度, clause: 第几条, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
body: department
who: {role: qc_officer, department_kinds: [clinical]}
every: month
due: {working_day: 5, of: following}
evidence: {hand: [meeting, report]}
says: 本院制度第几条：每月一次
"""


def register() -> None:
    """Make duties known to the pack store."""
    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="duties",
            title=_("周期职责"),
            parse=parse,
            title_of=lambda duty: duty.title,
            effect=effect,
            starter=STARTER,
            holds=lambda duty: not duty.preset,
        )
    )


def effect(old: Duty | None, new: Duty, *, now) -> list[str]:
    """What would change for the people: who has it, how often, and the next due date by each version."""
    day = now.date()
    said = [
        f"{BODY_WORDS[new.body]}职责，{new.every.word}至少 {new.times} 次，{rule_words(new.due, new.every)}。"
    ]
    if old is not None and (old.every, old.times, old.due) == (new.every, new.times, new.due):
        said = ["周期、次数和期限不变。"]
    if old is not None and old.who != new.who:
        said.append("负责的岗位或科室范围有变化，下一周期起按新的范围布置。")
    if old is not None and old.evidence != new.evidence:
        said.append("证据的要求有变化，已经布置的仍按原来的要求。")
    next_due = due_of(new, period_of(new.every, day).next, working_calendar())
    return [*said, f"下一周期的期限：{next_due.on:%Y-%m-%d}。"]
