from django.apps import AppConfig


class OpinionsConfig(AppConfig):
    name = "zhikong.hospital.functions.opinions"
    label = "opinions"
    verbose_name = "患者意见簿"
