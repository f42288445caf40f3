from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "zhikong.hospital.overviews.reports"
    label = "reports"
    verbose_name = "质量简报"

    def ready(self):
        from django.urls import reverse

        from zhikong.foundation.duties.arrivals import facts_prove
        from zhikong.hospital.overviews.reports.facts import BriefPublished

        facts_prove(
            BriefPublished,
            key=lambda fact: fact.month,
            period=lambda fact: fact.month,
            url=lambda fact: reverse("reports:brief", args=[fact.month]),
        )
