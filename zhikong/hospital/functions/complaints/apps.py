from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "zhikong.hospital.functions.complaints"
    label = "complaints"
    verbose_name = "投诉处理"

    def ready(self):
        from zhikong.hospital.functions.complaints import ready_disputes, ready_intake

        ready_intake.ready()
        ready_disputes.ready()
