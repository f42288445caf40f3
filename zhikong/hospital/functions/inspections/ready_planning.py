"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _

STARTER = """\
id: {id}
version: 1
kind: routine
title: {zh: 新检查计划}
purpose: 写明查什么、为什么查
source: {document: 本院制度, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
says: 本院制度第几条：多久查一次
forms: [core_system_supervision_check]
when: {every: month, working_day: 10}
window: 5
who: {pool: offices, roles: [quality_office], each: 1}
where: {kinds: [clinical]}
"""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.forms.permissions import filled_by_named
    from zhikong.foundation.notices import kinds as notice_kinds
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.inspections import (
        facts_planning,
        jobs_planning,  # noqa: F401  the worker finds its jobs
        reactions_planning,
    )
    from zhikong.hospital.functions.inspections.actions.planning.rounds import ROUND
    from zhikong.hospital.functions.inspections.queries.planning.programmes import CODE
    from zhikong.hospital.functions.inspections.queries.planning.visits import inspects_by_key
    from zhikong.hospital.functions.inspections.rules_planning import SOURCE
    from zhikong.hospital.functions.inspections.rules_planning_reading import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="inspection_programmes",
            title=_("检查计划"),
            parse=parse,
            title_of=lambda programme: programme.title,
            starter=STARTER,
        )
    )
    sources.register(sources.Source(SOURCE, _("现场检查"), extend=False))
    sources.register(sources.Source(ROUND, _("安排检查")))
    notice_kinds.register(notice_kinds.NoticeKind("inspection", _("现场检查"), _("现场检查")))
    filled_by_named(SOURCE, inspects_by_key)
    reactions_planning.register_evidence()
    subscribe(facts_planning.VisitConcluded, reactions_planning.concluded, name="inspections.proves_duties")
