from django.apps import AppConfig


class LicencesConfig(AppConfig):
    name = "zhikong.hospital.functions.licences"
    label = "licences"
    verbose_name = "证照管理"
