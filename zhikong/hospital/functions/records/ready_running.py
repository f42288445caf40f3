"""What this half of the function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from django.utils.translation import gettext_lazy as _

    from zhikong.foundation.facts.chart_findings import MachineVerdictJudged
    from zhikong.foundation.flows.facts import CaseClosed
    from zhikong.foundation.notices import kinds
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.foundation.patients import listeners
    from zhikong.foundation.tasks import sources as tasks
    from zhikong.hospital.functions.records import reactions_running as reactions

    tasks.register(tasks.Source("record_obligation", _("病历时限"), extend=False))
    tasks.register(tasks.Source("record_defect", _("病历缺陷"), extend=False))
    kinds.register(kinds.NoticeKind("record_alert", _("病历逾期打断提醒"), _("病历时限"), urgent=True))
    kinds.register(kinds.NoticeKind("record", _("病历提醒"), _("病历事项")))
    listeners.register(reactions.note_stays)
    subscribe(CaseClosed, reactions.conclude_appeal)
    subscribe(MachineVerdictJudged, reactions.count_judgement)
