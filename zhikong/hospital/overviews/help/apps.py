from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "zhikong.hospital.overviews.help"
    label = "help"
    verbose_name = "帮助"
