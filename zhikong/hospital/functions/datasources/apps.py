from django.apps import AppConfig


class DatasourcesConfig(AppConfig):
    name = "zhikong.hospital.functions.datasources"
    label = "datasources"
    verbose_name = "数据来源"
