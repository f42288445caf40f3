from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "zhikong.web"
    label = "web"
    verbose_name = "界面"
