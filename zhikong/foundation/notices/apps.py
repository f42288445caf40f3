from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "zhikong.foundation.notices"
    label = "notices"
    verbose_name = "通知"
