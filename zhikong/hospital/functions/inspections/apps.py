from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "zhikong.hospital.functions.inspections"
    label = "inspections"
    verbose_name = "现场检查"

    def ready(self):
        from zhikong.hospital.functions.inspections import ready_planning, ready_results, ready_visiting

        ready_planning.ready()
        ready_visiting.ready()
        ready_results.ready()
