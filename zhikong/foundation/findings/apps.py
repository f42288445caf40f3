from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "zhikong.foundation.findings"
    label = "findings"
    verbose_name = "问题与整改"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.facts import countable
        from zhikong.foundation.findings import policy, referring
        from zhikong.foundation.findings.actions import committee
        from zhikong.foundation.findings.actions import reviews as actions
        from zhikong.foundation.findings.countable import SOURCE
        from zhikong.foundation.findings.month_facts import last_measures, section
        from zhikong.foundation.organisation import month_facts

        policy.register()
        referring.register(
            "finding", referring.Kind("问题整改", committee.describe_finding, committee.finding_decided)
        )
        countable.register(SOURCE)
        registry.register(actions.recalculate)
        month_facts.register(section)
        month_facts.register(last_measures)
