"""What this half of the function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
    from zhikong.foundation.facts import chart_findings, countable, sealing
    from zhikong.foundation.facts.announcements import TablesPublished
    from zhikong.foundation.findings import sources as findings
    from zhikong.foundation.flows.facts import CaseMoved
    from zhikong.foundation.outbox.registry import subscribe
    from zhikong.hospital.functions.records.actions.results.sealing import follow_case
    from zhikong.hospital.functions.records.countable_results import SOURCE
    from zhikong.hospital.functions.records.jobs_results import screen_after_publication
    from zhikong.hospital.functions.records.queries.results.chart_verdicts import findings_of
    from zhikong.hospital.functions.records.queries.results.sealed import sealed_since
    from zhikong.hospital.functions.records.sources_results import describe

    chart_findings.register(findings_of)
    countable.register(SOURCE)
    findings.register("records", describe)
    sealing.register(sealed_since)
    subscribe(TablesPublished, screen_after_publication)
    subscribe(CaseMoved, follow_case, order_by="case_id")
