from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "zhikong.hospital.functions.campaigns"
    label = "campaigns"
    verbose_name = "专项活动"

    def ready(self):
        from zhikong.hospital.functions.campaigns import ready_all

        ready_all.ready()
