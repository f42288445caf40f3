from django.apps import AppConfig


class EventQuotasConfig(AppConfig):
    name = "zhikong.hospital.functions.event_quotas"
    label = "event_quotas"
    verbose_name = "报告指标结算"

    def ready(self):
        from zhikong.hospital.functions.event_quotas import ready_all

        ready_all.ready()
