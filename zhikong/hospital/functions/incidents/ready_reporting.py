"""What this part of the function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.hospital.functions.incidents import facts

    assert facts.IncidentReported.fact_name  # noqa: S101  the import makes the facts known to the outbox
