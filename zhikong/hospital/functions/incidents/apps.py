from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "zhikong.hospital.functions.incidents"
    label = "incidents"
    verbose_name = "不良事件"

    def ready(self):
        from zhikong.hospital.functions.incidents import (
            ready_analysis,
            ready_anonymous,
            ready_handling,
            ready_learning,
            ready_reporting,
        )

        ready_reporting.ready()
        ready_anonymous.ready()
        ready_handling.ready()
        ready_analysis.ready()
        ready_learning.ready()
