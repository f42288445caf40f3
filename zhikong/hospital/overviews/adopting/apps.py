from django.apps import AppConfig


class AdoptingConfig(AppConfig):
    name = "zhikong.hospital.overviews.adopting"
    label = "adopting"
    verbose_name = "计划采纳"
