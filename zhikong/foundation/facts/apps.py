from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "zhikong.foundation.facts"
    label = "facts"
    verbose_name = "数据事实"

    def ready(self):
        from zhikong.foundation.facts import core_systems, record_lists, record_rules

        record_rules.register()
        core_systems.register()
        record_lists.register()
