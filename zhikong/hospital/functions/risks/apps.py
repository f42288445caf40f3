from django.apps import AppConfig


class RisksConfig(AppConfig):
    name = "zhikong.hospital.functions.risks"
    label = "risks"
    verbose_name = "风险与应急"

    def ready(self):
        from zhikong.hospital.functions.risks import ready_plans, ready_register

        ready_register.ready()
        ready_plans.ready()
