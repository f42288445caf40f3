from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "zhikong.foundation.duties"
    label = "duties"
    verbose_name = "周期职责"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.duties import actions, cases, kinds, sheets

        kinds.register()
        sheets.register()
        cases.register()
        registry.register(actions.recalculate)
