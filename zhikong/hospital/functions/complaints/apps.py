from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "zhikong.hospital.functions.complaints"
    label = "complaints"
    verbose_name = "投诉处理"
