from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "zhikong.hospital.functions.rounds"
    label = "rounds"
    verbose_name = "设备与急救巡查"
