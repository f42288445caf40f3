from django.apps import AppConfig


class StartingConfig(AppConfig):
    name = "zhikong.hospital.overviews.starting"
    label = "starting"
    verbose_name = "启用向导"
