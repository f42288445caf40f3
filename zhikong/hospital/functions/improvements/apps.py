from django.apps import AppConfig


class ImprovementsConfig(AppConfig):
    name = "zhikong.hospital.functions.improvements"
    label = "improvements"
    verbose_name = "改进项目"

    def ready(self):
        from zhikong.hospital.functions.improvements import ready_projects, ready_tools

        ready_projects.ready()
        ready_tools.ready()
