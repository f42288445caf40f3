"""Who answers for a case, whether it kept, and the rule that was made of it (CAP-13, CAP-15, INS-16)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.findings.actions.proof import reopen
from zhikong.foundation.findings.actions.steps import begin, record, required
from zhikong.foundation.findings.models import Accountability, Finding, FollowUp, Lesson
from zhikong.foundation.findings.rules import Act


def _part(finding: Finding, by, now: datetime) -> dict:
    return {
        "institution_id": finding.institution_id,
        "department_id": finding.department_id,
        "finding": finding,
        "at": now,
        "by": by,
    }


@transaction.atomic
def name_accountable(
    finding: Finding, *, by, now: datetime, role: str, person, text: str = ""
) -> Accountability:
    """Name who answers for the case. It is for follow-up and learning; pay-related data cannot read it."""
    begin(finding, Act.ACCOUNT, by=by)
    role = Accountability.Role(role)
    made = Accountability.objects.create(role=role, person=person, text=text, **_part(finding, by, now))
    record(finding, Act.ACCOUNT, by=by, now=now, text=f"{role.label}：{person}{'。' + text if text else ''}")
    return made


@transaction.atomic
def follow_up(finding: Finding, *, by, now: datetime, held: bool, text: str) -> FollowUp:
    """A look after closing: it kept, or the finding is opened again."""
    begin(finding, Act.FOLLOW_UP, by=by)
    text = required(text, _("请写明跟踪的情况。"))
    made = FollowUp.objects.create(held=held, text=text, **_part(finding, by, now))
    record(finding, Act.FOLLOW_UP, by=by, now=now, text=("保持有效：" if held else "没有保持：") + text)
    if not held:
        reopen(finding, by=by, now=now, reason=f"跟踪评价没有保持：{text}")
    return made


@transaction.atomic
def learn(
    finding: Finding,
    *,
    by,
    now: datetime,
    text: str,
    rule_title: str,
    rule_link: str = "",
    valid_from: date | None = None,
) -> Lesson:
    """What was learned became a rule, a flow or a standard that keeps it."""
    begin(finding, Act.LEARN, by=by)
    made = Lesson.objects.create(
        text=required(text, _("请写明经验教训。")),
        rule_title=required(rule_title, _("请写明形成了什么制度或流程。"))[:160],
        rule_link=rule_link, valid_from=valid_from, **_part(finding, by, now),
    )  # fmt: skip
    record(finding, Act.LEARN, by=by, now=now, text=f"{made.rule_title} {rule_link}\n{text}".strip())
    return made
