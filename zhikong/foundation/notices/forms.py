from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.notices.adapters import ADAPTERS, Adapter
from zhikong.foundation.notices.kinds import NoticeKind
from zhikong.foundation.notices.models import Channel
from zhikong.foundation.notices.policies import policies
from zhikong.foundation.notices.rules import How
from zhikong.foundation.organisation.models import Department

HOW = {How.AT_ONCE: _("立即"), How.DIGEST: _("每日汇总"), How.OFF: _("不通知")}
TLS = [
    ("ssl", _("SSL/TLS（常用 465 端口）")),
    ("starttls", _("STARTTLS（常用 587 端口）")),
    ("", _("不加密")),
]


def time_field(label, *, required=False, **more) -> forms.TimeField:
    clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=required, widget=clock, **more)


class WishesForm(forms.Form):
    """One person's ways, times, and a choice for each kind of notice and each way."""

    quiet_from = time_field(_("免打扰从"))
    quiet_to = time_field(_("到"), help_text=_("不填就按医院的时间；两个时间填成一样，就是不要免打扰。"))

    def __init__(
        self, *args, channel_kinds: list[str], policies: dict[str, NoticeKind], rules, wishes, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.channel_kinds, self.policies = channel_kinds, policies
        self.fields["quiet_from"].initial, self.fields["quiet_to"].initial = rules.quiet_from, rules.quiet_to
        for kind in channel_kinds:
            self.fields[f"address-{kind}"] = forms.CharField(
                label=ADAPTERS[kind].address_label, required=False, max_length=120,
                initial=rules.addresses.get(kind, ""),
            )  # fmt: skip
        for policy in policies.values():
            for kind in channel_kinds if policy.outside else ():
                self.fields[f"wish-{policy.code}-{kind}"] = self._wish(policy, kind, wishes)

    def _wish(self, policy: NoticeKind, kind: str, wishes) -> forms.ChoiceField:
        from zhikong.foundation.notices.actions.planning import DEFAULT

        allowed = [how for how in HOW if how is not How.OFF or not (policy.mandatory or policy.urgent)]
        allowed = [How.AT_ONCE] if policy.urgent else allowed
        initial = wishes.get((policy.code, kind)) or DEFAULT.get(kind, How.DIGEST)
        label = f"{policy.title} · {ADAPTERS[kind].title}"
        return forms.ChoiceField(
            label=label, choices=[(how.value, HOW[how]) for how in allowed], required=False,
            initial=initial if initial in allowed else allowed[-1], widget=forms.Select(attrs={"aria-label": label}),
        )  # fmt: skip

    def own_fields(self):
        """Addresses and times, above the table."""
        names = [f"address-{kind}" for kind in self.channel_kinds] + ["quiet_from", "quiet_to"]
        return [self[name] for name in names]

    def ways(self):
        return [ADAPTERS[kind].title for kind in self.channel_kinds]

    def rows(self):
        """(kind, [(way, field)]) for the table; a kind that stays in the house has none."""
        for policy in self.policies.values():
            ways = [(ADAPTERS[kind].title, f"wish-{policy.code}-{kind}") for kind in self.channel_kinds]
            yield policy, [(way, self[name]) for way, name in ways if name in self.fields]

    def person_values(self) -> dict:
        given = self.cleaned_data
        return {
            "addresses": {kind: given[f"address-{kind}"] for kind in self.channel_kinds},
            "quiet_from": given["quiet_from"],
            "quiet_to": given["quiet_to"],
        }

    def wish_values(self) -> dict[tuple[str, str], How]:
        names = [(p.code, kind) for p in self.policies.values() for kind in self.channel_kinds]
        given = {pair: self.cleaned_data.get(f"wish-{pair[0]}-{pair[1]}") for pair in names}
        return {pair: How(value) for pair, value in given.items() if value}


class ChannelForm(forms.Form):
    """The settings of one way out, made from its adapter's fields. A secret is never shown again."""

    title = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如：心内科群、全院邮件"))
    enabled = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args, adapter: Adapter, channel: Channel | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.adapter = adapter
        for field in adapter.fields:
            self.fields[f"set-{field.name}"] = _setting(field, channel)
        if not adapter.personal:
            self._add_group_fields(channel)
        if channel is not None:
            self.fields["title"].initial, self.fields["enabled"].initial = channel.title, channel.enabled
        self.order_fields(
            ["title", *[f"set-{f.name}" for f in adapter.fields], "department", "announced", "enabled"]
        )

    def _add_group_fields(self, channel: Channel | None) -> None:
        self.fields["department"] = forms.ModelChoiceField(
            label=_("哪个科室的群"), queryset=Department.objects.order_by("code"), required=False,
            empty_label=_("全院的群"), initial=channel.department_id if channel else None,
            help_text=_("科室的群只收发给该科室的通知。"),
        )  # fmt: skip
        self.fields["announced"] = forms.MultipleChoiceField(
            label=_("发送哪些类别"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=[(p.code, p.title) for p in policies().values() if p.outside],
            initial=channel.kinds if channel else ["finding", "escalation"],
            help_text=_("群里只出现类别和链接，不出现标题、正文和任何患者信息。"),
        )  # fmt: skip

    def action_values(self) -> dict:
        given = self.cleaned_data
        return {
            "title": given["title"],
            "enabled": given["enabled"],
            "department": given.get("department"),
            "announced": given.get("announced"),
            "values": {field.name: given[f"set-{field.name}"] for field in self.adapter.fields},
        }


def _setting(field, channel: Channel | None) -> forms.Field:
    known = channel.config.get(field.name, "") if channel else field.default
    common = {"label": field.label, "help_text": field.help, "required": field.required}
    if field.kind == "secret":
        kept = _("已保存，不改就留空。") if channel else field.help
        return forms.CharField(
            label=field.label, help_text=kept, required=field.required and channel is None, max_length=200,
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip
    if field.kind == "number":
        return forms.IntegerField(min_value=1, initial=known, **common)
    if field.kind == "tls":
        return forms.ChoiceField(choices=TLS, initial=known, **{**common, "required": False})
    return forms.CharField(max_length=200, initial=known, **common)


class TestForm(forms.Form):
    address = forms.CharField(label=_("测试地址"), required=False, max_length=120)


class HouseRulesForm(forms.Form):
    base_url = forms.RegexField(
        r"^https?://[^\s/?#]+/?$",
        label=_("系统访问地址"),
        max_length=200,
        required=False,
        error_messages={"invalid": _("请以 http:// 或 https:// 开头，只写到端口为止。")},
        help_text=_("消息里的链接以它开头，例如 https://zhikong.hospital.cn；不填则消息里没有链接。"),
    )
    digest_at = time_field(
        _("每日汇总时间"), required=True, help_text=_("选“每日汇总”的通知在这个时间合并发出。")
    )
    quiet_from = time_field(_("免打扰开始"))
    quiet_to = time_field(
        _("免打扰结束"), help_text=_("免打扰时间里只发紧急类别；其余到结束时再发。两项都不填就没有免打扰。")
    )
