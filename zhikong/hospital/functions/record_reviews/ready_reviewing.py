"""What this half of the function registers with the foundation when the site starts."""

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.facts import review_grades
    from zhikong.foundation.facts.announcements import TablesPublished
    from zhikong.foundation.flows.facts import CaseClosed
    from zhikong.foundation.notices import kinds
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.foundation.tasks import sources
    from zhikong.hospital.functions.record_reviews.actions.reviewing import appealing, assigning
    from zhikong.hospital.functions.record_reviews.queries.reviewing.graded import graded

    review_grades.register(graded)
    subscribe(TablesPublished, assigning.on_published, name="record_reviews.discharges")
    subscribe(CaseClosed, appealing.on_closed, name="record_reviews.appeal_closed")
    kinds.register(kinds.NoticeKind("record_review", _("病历评审"), _("病历评审有新消息")))
    for kind, title in (
        ("record_review", _("病历评审")),
        ("record_correction", _("病历返修")),
        ("record_escalation", _("乙级丙级病历上报")),
    ):
        sources.register(sources.Source(kind, title, tick=kind == "record_escalation", extend=False))
