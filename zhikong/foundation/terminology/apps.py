from django.apps import AppConfig


class TerminologyConfig(AppConfig):
    name = "zhikong.foundation.terminology"
    label = "terminology"
    verbose_name = "编码对照"

    def ready(self):
        from zhikong.foundation.facts.announcements import TablesPublished
        from zhikong.foundation.outbox.registry import subscribe
        from zhikong.foundation.terminology import kinds, reactions

        kinds.register()
        subscribe(TablesPublished, reactions.collect_after_publication)
