from django.apps import AppConfig


class AccreditationConfig(AppConfig):
    name = "zhikong.hospital.functions.accreditation"
    label = "accreditation"
    verbose_name = "等级评审"

    def ready(self):
        from zhikong.hospital.functions.accreditation import ready_all

        ready_all.ready()
