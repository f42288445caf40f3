from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "zhikong.hospital.overviews.home"
    label = "home"
    verbose_name = "首页"
