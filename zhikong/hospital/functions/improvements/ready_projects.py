"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _

STARTER = """\
id: {id}
version: 1
title: {zh: 这类改进项目的名称}
short: 简称
purpose: 一句话：适合什么问题
source: {document: 本院制度, clause: 第几条, mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-12-31
steps:
  - {id: as_is, title: 现状, phase: plan, contents: as_is, checks: [as_is_data]}
  - {id: effect, title: 效果, phase: check, contents: effect, checks: [effect_data, effect_honest]}
"""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.findings import onward
    from zhikong.foundation.findings import sources as finding_sources
    from zhikong.foundation.findings.facts import FindingRaised
    from zhikong.foundation.forms.facts import SheetSubmitted
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.improvements.actions.projects import common, competing, suggesting
    from zhikong.hospital.functions.improvements.offers_projects import offer, suggestion_source
    from zhikong.hospital.functions.improvements.queries.projects.kinds import CODE
    from zhikong.hospital.functions.improvements.reactions_projects import finding_raised, sheet_submitted
    from zhikong.hospital.functions.improvements.rules_projects_kinds import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="improvement_kinds",
            title=_("改进项目类型"),
            parse=parse,
            title_of=lambda kind: kind.title,
            starter=STARTER,
        )
    )
    for code, word in (
        (common.KIND, _("改进项目")),
        (suggesting.KIND, _("员工建议")),
        (competing.KIND, _("改进项目竞赛")),
    ):
        sources.register(sources.Source(code, word, extend=False))
    finding_sources.register(suggesting.KIND, suggestion_source)
    onward.register("improvement", offer)
    subscribe(FindingRaised, finding_raised, name="improvements.finding_raised")
    subscribe(SheetSubmitted, sheet_submitted, name="improvements.sheet_submitted")
