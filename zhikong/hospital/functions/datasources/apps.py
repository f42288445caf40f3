from django.apps import AppConfig


class DatasourcesConfig(AppConfig):
    name = "zhikong.hospital.functions.datasources"
    label = "datasources"
    verbose_name = "数据来源"

    def ready(self):
        from django.utils.translation import gettext_lazy as _

        from zhikong.foundation.access.permissions import Permission
        from zhikong.foundation.packstore import kinds
        from zhikong.hospital.functions.datasources.mappings import KIND, parse

        kinds.register(
            kinds.Kind(
                code=KIND,
                folder="mappings",
                title=_("导入映射"),
                parse=parse,
                title_of=lambda mapping: mapping.name,
            )
        )
        from zhikong.hospital.functions.datasources import feeds
        from zhikong.hospital.functions.datasources.mllp.forms import MllpForm

        feeds.register(feeds.Kind("hl7", _("HL7 v2 消息"), settings_form=MllpForm))

        from zhikong.foundation.facts import freshness
        from zhikong.hospital.functions.datasources.feed_queries import fresh_feeds
        from zhikong.hospital.functions.datasources.file_freshness import fresh_files

        freshness.register(fresh_feeds)
        freshness.register(fresh_files)
        from zhikong.hospital.functions.datasources.sql.forms import SqlForm
        from zhikong.hospital.functions.datasources.sql.pulling import pull_feed

        connect = Permission.MANAGE_CONNECTIONS
        feeds.register(
            feeds.Kind("sql", _("数据库视图"), settings_form=SqlForm, pull=pull_feed, permission=connect)
        )
        feeds.register(feeds.Kind("push", _("推送接口")))
        from zhikong.hospital.functions.datasources.fhir_rules import join_resources

        feeds.register(feeds.Kind("fhir", _("FHIR R4"), join=join_resources, permission=connect))
