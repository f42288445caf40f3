from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "zhikong.hospital.functions.policies"
    label = "policies"
    verbose_name = "制度与规范"

    def ready(self):
        from zhikong.hospital.functions.policies import ready_all

        ready_all.ready()
