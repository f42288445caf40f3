from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "zhikong.hospital.functions.indicators"
    label = "indicators"
    verbose_name = "指标监测"
