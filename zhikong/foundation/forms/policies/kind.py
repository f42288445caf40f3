"""Tells the pack store what a grade policy is."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms.policies import GradePolicy, read
from zhikong.foundation.packstore import kinds

POLICY = "grade_policy"
STARTER = """\
id: {id}
version: 1
title: {zh: 新等级方案}
purpose: 写明用在哪些评分表上
source: {document: 本院制度, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
grades:
  - {at_least: 90, name: 甲级}
  - {at_least: 75, name: 乙级}
  - {at_least: 0, name: 丙级}
vetoes:
  - {at_least: 1, grade: 乙级}
escalate: [乙级, 丙级]
"""


def register() -> None:
    """Make the kind known to the pack store; called when the app is ready."""
    kinds.register(
        kinds.Kind(
            code=POLICY,
            folder="grade_policies",
            title=_("等级方案"),
            parse=read,
            title_of=lambda policy: policy.title,
            effect=effect,
            starter=STARTER,
        )
    )


def effect(old: GradePolicy | None, new: GradePolicy, *, now: datetime) -> list[str]:
    """Cut-offs and vetoes in words; sheets that are open keep the policy with which they were opened."""
    cuts = "，".join(f"{grade.name} {grade.at_least.normalize():f} 分起" for grade in new.grades)
    said = [f"等级：{cuts}。", *(f"{rule.sentence}。" for rule in new.vetoes)]
    if old is not None and (old.grades, old.vetoes) == (new.grades, new.vetoes):
        return ["等级与否决没有变化。"]
    return [*said, "已经打开的评分表沿用打开时的方案。"]
