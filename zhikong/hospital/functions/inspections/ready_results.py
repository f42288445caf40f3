"""What this part of the function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.facts import countable
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.hospital.functions.inspections import facts_planning
    from zhikong.hospital.functions.inspections.countable_results import SOURCE
    from zhikong.hospital.functions.inspections.jobs_results import after_conclusion

    countable.register(SOURCE)
    subscribe(facts_planning.VisitConcluded, after_conclusion, order_by="visit_id")
