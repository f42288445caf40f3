from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "zhikong.hospital.overviews.reports"
    label = "reports"
    verbose_name = "质量简报"
