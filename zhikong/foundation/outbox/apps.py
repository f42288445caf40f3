from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "zhikong.foundation.outbox"
    label = "outbox"
    verbose_name = "事实发布"
