"""What this function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.findings import referring
    from zhikong.foundation.findings.facts import MatterReferred
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.hospital.functions.meetings.actions import MANUAL, matter_decided, on_referred

    referring.register(MANUAL, referring.Kind("其他", lambda key: None, matter_decided))
    subscribe(MatterReferred, on_referred, name="meetings.on_referred", order_by="referral_id")
