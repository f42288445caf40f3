from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "zhikong.foundation.flows"
    label = "flows"
    verbose_name = "流程"
