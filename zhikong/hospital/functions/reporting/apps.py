from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "zhikong.hospital.functions.reporting"
    label = "reporting"
    verbose_name = "科室填报"

    def ready(self):
        from django.urls import reverse

        from zhikong.foundation.calendar import registry
        from zhikong.foundation.duties.arrivals import facts_prove
        from zhikong.foundation.facts import reported
        from zhikong.foundation.facts.announcements import TablesPublished
        from zhikong.foundation.forms.facts import SheetAccepted, SheetReturned, SheetSubmitted
        from zhikong.foundation.organisation import month_facts
        from zhikong.foundation.outbox.registry import subscribe
        from zhikong.hospital.functions.reporting import actions, library, reactions
        from zhikong.hospital.functions.reporting.actions import records
        from zhikong.hospital.functions.reporting.facts import FiguresAccepted
        from zhikong.hospital.functions.reporting.month_facts import checks, figures

        library.register()
        reported.register(library.pairs)
        registry.register(actions.recalculate)
        registry.register(records.recalculate)
        month_facts.register(figures)
        month_facts.register(checks)
        for fact in (SheetSubmitted, SheetReturned, SheetAccepted):
            subscribe(fact, reactions.settle_record, order_by="sheet_id")
        subscribe(FiguresAccepted, reactions.publish_accepted)
        facts_prove(
            FiguresAccepted,
            key=lambda fact: f"{fact.set_id} {fact.month}",
            period=lambda fact: fact.month,
            department=lambda fact: fact.department_id,
            url=lambda fact: reverse("reporting:sheet", args=[fact.sheet_id]),
        )
        subscribe(TablesPublished, reactions.keep_accepted)
