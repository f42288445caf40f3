"""Setting a feed up, filtering what came by it, reading again, and saying what raw input is read for."""

from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.datasources import feeds
from zhikong.hospital.functions.datasources.mappings import mappings
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.rules import DEFAULT_MINUTES

WEEKDAYS = list(enumerate(("周一", "周二", "周三", "周四", "周五", "周六", "周日")))


class KindForm(forms.Form):
    """The first question: how do the data come?"""

    kind = forms.ChoiceField(label=_("数据怎样来"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()


def kind_choices() -> list[tuple[str, str]]:
    """The kinds that a person can set up; files have their feed from the beginning."""
    known = feeds.kinds()
    return [(code, str(known[code].title)) for code in Feed.Kind.values if code in known and code != "file"]


class FeedForm(forms.Form):
    """What every feed has; a schedule only when it fetches by itself."""

    title = forms.CharField(label=_("名称"), max_length=80, help_text=_("如“检验系统 LIS”。"))
    code = forms.SlugField(
        label=_("代码"), max_length=64, help_text=_("字母、数字和连字符，用在接口地址里，以后不能改。")
    )
    mapping = forms.ChoiceField(
        label=_("映射"), required=False, help_text=_("收到的内容按它读成数据契约的表。")
    )
    complete = forms.BooleanField(
        label=_("只含已出院的完整数据"),
        required=False,
        help_text=_("勾选：收到后立即入库。不勾选：出院 24 小时后入库。"),
    )
    rhythm = forms.ChoiceField(
        label=_("运行时间"),
        required=False,
        choices=[("minutes", _("每隔若干分钟")), ("daily", _("每天定时"))],
    )
    every_minutes = forms.IntegerField(
        label=_("间隔（分钟）"), required=False, min_value=1, max_value=1440, initial=DEFAULT_MINUTES
    )
    daily_at = forms.TimeField(
        label=_("时刻"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("哪几天"),
        required=False,
        coerce=int,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选就是每天。"),
    )
    quiet_minutes = forms.IntegerField(
        label=_("多久没有数据算滞后（分钟）"), required=False, min_value=1, help_text=_("空着按种类的常例。")
    )
    retention_days = forms.IntegerField(
        label=_("原始数据保存（天）"),
        min_value=7,
        max_value=36500,
        initial=365,
        help_text=_("期满自动删除，封存的除外。"),
    )

    def __init__(self, *args, kind: feeds.Kind, feed: Feed | None = None, **kwargs):
        super().__init__(*args, initial=_initial(feed), **kwargs)
        self.kind, self.feed = kind, feed
        names = sorted(mappings().items(), key=lambda pair: pair[1].mapping.name)
        self.fields["mapping"].choices = [(key, file.mapping.name) for key, file in names]
        if feed is not None:
            del self.fields["code"]
        if kind.pull is None:
            for name in ("rhythm", "every_minutes", "daily_at", "weekdays"):
                del self.fields[name]
        if kind.code == Feed.Kind.FILE:
            del self.fields["mapping"], self.fields["complete"]

    def clean(self):
        found = super().clean()
        if found.get("rhythm") == "daily" and not found.get("daily_at"):
            self.add_error("daily_at", _("请填写每天运行的时刻。"))
        return found

    def schedule(self) -> dict:
        """The answers as ``Feed.schedule``."""
        found, days = self.cleaned_data, {}
        if "rhythm" not in self.fields:
            return {}
        if found.get("weekdays") and len(found["weekdays"]) < 7:
            days = {"weekdays": sorted(found["weekdays"])}
        if found["rhythm"] == "daily":
            return {"daily_at": f"{found['daily_at']:%H:%M}", **days}
        return {"every_minutes": found.get("every_minutes") or DEFAULT_MINUTES, **days}

    def common_settings(self) -> dict:
        """The answers that belong into ``Feed.settings`` whatever the kind."""
        found = self.cleaned_data
        quiet = {"quiet_minutes": found["quiet_minutes"]} if found.get("quiet_minutes") else {}
        return {**quiet, **({"complete": True} if found.get("complete") else {})}


def _initial(feed: Feed | None) -> dict:
    if feed is None:
        return {"rhythm": "minutes"}
    at = feed.schedule.get("daily_at")
    return {
        "title": feed.title,
        "mapping": feed.mapping,
        "retention_days": feed.retention_days,
        "complete": feed.settings.get("complete", False),
        "quiet_minutes": feed.settings.get("quiet_minutes"),
        "rhythm": "daily" if at else "minutes",
        "every_minutes": feed.schedule.get("every_minutes", DEFAULT_MINUTES),
        "daily_at": time.fromisoformat(at) if at else None,
        "weekdays": feed.schedule.get("weekdays", []),
    }


class ReceiptFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("状态"), required=False, choices=[("", _("全部")), *Receipt.State.choices]
    )
    q = forms.CharField(
        label=_("标识或说明"), required=False, widget=forms.TextInput(attrs={"placeholder": _("其中的字")})
    )


class ReplayForm(forms.Form):
    """Reading again what came in a period; both ends may be open."""

    since = forms.DateField(
        label=_("从哪天收到的"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("到哪天收到的"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self):
        found = super().clean()
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", _("结束日期早于开始日期。"))
        return found

    def period(self) -> dict[str, datetime]:
        """since and until as moments of the hospital's days."""
        found, zone = self.cleaned_data, timezone.get_current_timezone()
        ends = {"since": time.min, "until": time.max}
        return {
            name: datetime.combine(found[name], at, tzinfo=zone)
            for name, at in ends.items()
            if found.get(name)
        }


class PurposeForm(forms.Form):
    """Why somebody reads raw input; the look and the purpose go into the audit trail."""

    purpose = forms.CharField(
        label=_("用途"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "例如：核对 10 月 3 日检验结果的传输错误。原始数据含患者姓名和证件号，读取会记入审计记录。"
        ),
    )


class HoldForm(forms.Form):
    reason = forms.CharField(label=_("封存理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
