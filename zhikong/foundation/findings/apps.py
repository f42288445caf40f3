from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "zhikong.foundation.findings"
    label = "findings"
    verbose_name = "问题与整改"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.findings import policy
        from zhikong.foundation.findings.actions import reviews as actions
        from zhikong.foundation.findings.month_facts import section
        from zhikong.foundation.organisation import month_facts

        policy.register()
        registry.register(actions.recalculate)
        month_facts.register(section)
