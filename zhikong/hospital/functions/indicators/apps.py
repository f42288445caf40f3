from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "zhikong.hospital.functions.indicators"
    label = "indicators"
    verbose_name = "指标监测"

    def ready(self):
        from django.urls import reverse
        from django.utils.translation import gettext_lazy as _

        from zhikong.foundation.duties.arrivals import facts_prove
        from zhikong.foundation.facts import countable, measured
        from zhikong.foundation.facts.announcements import TablesPublished
        from zhikong.foundation.findings import effects, sources
        from zhikong.foundation.findings.facts import FindingRaised
        from zhikong.foundation.notices import kinds as notice_kinds
        from zhikong.foundation.organisation import agendas, month_facts
        from zhikong.foundation.outbox.registry import subscribe
        from zhikong.foundation.packstore.facts import VersionPublished
        from zhikong.hospital.functions.indicators import kinds
        from zhikong.hospital.functions.indicators.agendas import off_target
        from zhikong.hospital.functions.indicators.catalogue import definitions
        from zhikong.hospital.functions.indicators.countable import SOURCE
        from zhikong.hospital.functions.indicators.effects import effect_of
        from zhikong.hospital.functions.indicators.facts import MonthClosed
        from zhikong.hospital.functions.indicators.month_facts import section
        from zhikong.hospital.functions.indicators.origins import describe, finding_raised
        from zhikong.hospital.functions.indicators.reactions import (
            recompute_after_publication,
            recompute_by_new_definition,
        )

        agendas.register("indicators", off_target)
        effects.register("indicator", effect_of)
        countable.register(SOURCE)
        measured.register(definitions)
        month_facts.register(section)
        sources.register("indicator", describe)
        kinds.register()
        notice_kinds.register(
            notice_kinds.NoticeKind(
                "never_event", _("不该发生的事件"), _("需要您处理的事项"), urgent=True, mandatory=True
            )
        )
        subscribe(TablesPublished, recompute_after_publication)
        subscribe(VersionPublished, recompute_by_new_definition)
        subscribe(FindingRaised, finding_raised)
        facts_prove(
            MonthClosed,
            key=lambda fact: fact.month,
            period=lambda fact: fact.month,
            url=lambda fact: reverse("indicators:month", args=[fact.month]),
        )
