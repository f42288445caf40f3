from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "zhikong.foundation.flows"
    label = "flows"
    verbose_name = "流程"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.flows import actions, kind

        kind.register()
        registry.register(actions.recalculate)
