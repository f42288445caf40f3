"""What this function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from django.utils.translation import gettext_lazy as _

    from zhikong.foundation.access.permissions import Permission as P
    from zhikong.foundation.duties.dates import DateSource, register_dates
    from zhikong.foundation.findings import referring
    from zhikong.foundation.findings.facts import MatterReferred
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.hospital.functions.meetings import duties
    from zhikong.hospital.functions.meetings.actions import MANUAL, matter_decided, on_referred

    referring.register(MANUAL, referring.Kind("其他", lambda key: None, matter_decided))
    subscribe(MatterReferred, on_referred, name="meetings.on_referred", order_by="referral_id")
    register_dates(
        DateSource(
            "meeting",
            _("委员会会议"),
            duties.dates,
            order=30,
            opens=(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS),
        )
    )
