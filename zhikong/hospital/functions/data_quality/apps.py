from django.apps import AppConfig


class DataQualityConfig(AppConfig):
    name = "zhikong.hospital.functions.data_quality"
    label = "data_quality"
    verbose_name = "数据质量"

    def ready(self):
        from django.utils.translation import gettext_lazy as _

        from zhikong.foundation.facts import quality_notes
        from zhikong.foundation.facts.announcements import TablesPublished
        from zhikong.foundation.findings import sources as findings
        from zhikong.foundation.outbox.registry import subscribe
        from zhikong.foundation.tasks import sources as tasks
        from zhikong.hospital.functions.data_quality import kinds
        from zhikong.hospital.functions.data_quality.notes import describe, notes
        from zhikong.hospital.functions.data_quality.reactions import inspect_after_publication

        kinds.register()
        quality_notes.register(notes)
        findings.register("data_quality", describe)
        tasks.register(tasks.Source("data_quality", _("数据质量问题"), extend=True))
        subscribe(TablesPublished, inspect_after_publication)
