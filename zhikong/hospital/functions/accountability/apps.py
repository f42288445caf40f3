from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "zhikong.hospital.functions.accountability"
    label = "accountability"
    verbose_name = "责任认定"

    def ready(self):
        from zhikong.hospital.functions.accountability import ready_all

        ready_all.ready()
