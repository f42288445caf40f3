"""What disputes and sealings register with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.facts import sealing
    from zhikong.foundation.findings import referring
    from zhikong.foundation.findings import sources as findings
    from zhikong.foundation.forms.facts import SheetSubmitted
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.foundation.packstore import kinds
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.complaints import jobs_disputes, reactions_disputes  # noqa: F401  the worker finds its jobs
    from zhikong.hospital.functions.complaints.actions.disputes import deciding, steps
    from zhikong.hospital.functions.complaints.queries.disputes import locks
    from zhikong.hospital.functions.complaints.queries.disputes.reading import describe
    from zhikong.hospital.functions.complaints.queries.disputes.rules import CODE
    from zhikong.hospital.functions.complaints.rules_disputes import parse

    kinds.register(
        kinds.Kind(
            code=CODE,
            folder="dispute_rules",
            title=_("医疗纠纷的处理规则"),
            parse=parse,
            title_of=lambda rules: rules.title,
        )
    )
    sealing.register(locks.sealed_since)
    sources.register(sources.Source(steps.SOURCE, _("医疗纠纷"), extend=False))
    sources.register(sources.Source(steps.CLOCK_SOURCE, _("医疗纠纷的期限"), extend=False))
    sources.register(sources.Source(steps.STATEMENT_SOURCE, _("纠纷的书面陈述"), extend=False))
    sources.register(sources.Source(steps.SEALING_SOURCE, _("封存"), extend=False))
    findings.register(steps.SOURCE, describe)
    referring.register(steps.SOURCE, referring.Kind(_("医疗纠纷"), deciding.matter, deciding.decided))
    subscribe(SheetSubmitted, reactions_disputes.sheet_submitted, name="complaints.dispute_discussed")
