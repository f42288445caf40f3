from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "zhikong.foundation.findings"
    label = "findings"
    verbose_name = "问题与整改"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.findings.actions import reviews as actions

        registry.register(actions.recalculate)
