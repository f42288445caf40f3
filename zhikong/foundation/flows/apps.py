from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "zhikong.foundation.flows"
    label = "flows"
    verbose_name = "流程"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.files import guards
        from zhikong.foundation.flows import actions, kind, queries
        from zhikong.foundation.flows.forms import PURPOSE

        kind.register()
        guards.register(PURPOSE, queries.may_read_file)
        registry.register(actions.recalculate)
