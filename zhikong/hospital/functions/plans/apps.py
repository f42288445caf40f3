from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "zhikong.hospital.functions.plans"
    label = "plans"
    verbose_name = "工作计划"

    def ready(self):
        from zhikong.hospital.functions.plans import ready_coverage, ready_reviewing

        ready_reviewing.ready()
        ready_coverage.ready()
