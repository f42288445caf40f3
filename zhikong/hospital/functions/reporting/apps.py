from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "zhikong.hospital.functions.reporting"
    label = "reporting"
    verbose_name = "科室填报"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.facts import reported
        from zhikong.foundation.facts.announcements import TablesPublished
        from zhikong.foundation.outbox.registry import subscribe
        from zhikong.hospital.functions.reporting import actions, library, reactions
        from zhikong.hospital.functions.reporting.facts import FiguresAccepted

        library.register()
        reported.register(library.pairs)
        registry.register(actions.recalculate)
        subscribe(FiguresAccepted, reactions.publish_accepted)
        subscribe(TablesPublished, reactions.keep_accepted)
