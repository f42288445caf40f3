"""What this part of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.facts import countable
    from zhikong.foundation.findings import referring
    from zhikong.foundation.forms.facts import SheetSubmitted
    from zhikong.foundation.notices import kinds as notice_kinds
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.complaints import jobs_intake, reactions_intake  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.complaints.actions.intake.deciding import COMMITTEE, committee_decided
    from zhikong.hospital.functions.complaints.actions.intake.steps import NOTICE, SOURCE
    from zhikong.hospital.functions.complaints.countable_intake import SOURCE as SOURCE_OF_ROWS
    from zhikong.hospital.functions.complaints.queries.intake.rules import CODE
    from zhikong.hospital.functions.complaints.rules_intake_pack import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="complaint_rules",
            title=_("投诉类别与时限"),
            parse=parse,
            title_of=lambda rules: rules.title,
        )
    )
    countable.register(SOURCE_OF_ROWS)
    sources.register(sources.Source(SOURCE, _("投诉办理"), extend=False))
    notice_kinds.register(
        notice_kinds.NoticeKind(NOTICE, _("投诉办理"), _("需要您处理的事项"), mandatory=True)
    )
    referring.register(COMMITTEE, referring.Kind(_("投诉"), reactions_intake.matter, committee_decided))
    subscribe(SheetSubmitted, reactions_intake.sheet_submitted, name="complaints.sheet_submitted")
