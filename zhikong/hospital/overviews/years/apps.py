from django.apps import AppConfig


class YearsConfig(AppConfig):
    name = "zhikong.hospital.overviews.years"
    label = "years"
    verbose_name = "年度"

    def ready(self):
        from zhikong.hospital.overviews.years import ready_all

        ready_all.ready()
