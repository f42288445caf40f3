"""Reads of the audit trail for its page. The trail of other institutions is out of reach (row policy)."""

from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from zhikong.foundation.access.scoping import visible
from zhikong.foundation.audit.models import AuditEvent, AuditSeal


def events(
    *, since: date, until: date, actor: str = "", subject: str = "", action: str = "", row_key: str = ""
) -> QuerySet[AuditEvent]:
    """Events of the days from since to until (both included), newest first."""
    start, end = (_midnight(since), _midnight(until + timedelta(days=1)))
    found = visible(AuditEvent.objects.filter(at__gte=start, at__lt=end))
    wanted = {"actor__icontains": actor, "subject": subject, "action": action, "row_key": row_key}
    return found.filter(**{k: v for k, v in wanted.items() if v}).order_by("-at", "-pk")


def subjects() -> dict[str, str]:
    """Table name → what it holds, in Chinese; recorded acts keep their own word."""
    tables = {m._meta.db_table: str(m._meta.verbose_name) for m in apps.get_models()}
    return {"account": gettext("登录")} | tables


def counted(*, day: date) -> dict[str, int]:
    """How often sensitive data were looked at, and how often a sign-in failed, on a day."""
    watched = [AuditEvent.Action.READ, AuditEvent.Action.LOGIN_FAILED]
    rows = events(since=day, until=day).filter(action__in=watched).order_by()
    return dict(rows.values_list("action").annotate(n=Count("pk")))


def actors() -> dict[str, str]:
    """Account name → the person's name, for the trail's page; the trail itself keeps the account name."""
    return {user.username: str(user) for user in get_user_model().objects.all()}


def actor_label(event: AuditEvent, names: dict[str, str]) -> str:
    """Who acted: a person with the account's name, a job of the system, or a program without a signed-in person."""
    actor = event.actor
    if actor.startswith("job:"):
        return gettext("系统任务（%(name)s）") % {"name": actor}
    if not actor:
        return gettext("系统（数据库角色 %(name)s）") % {"name": event.database_role}
    return f"{names[actor]}（{actor}）" if names.get(actor, actor) != actor else actor


def last_seal() -> AuditSeal | None:
    return AuditSeal.objects.defer("events").order_by("-number").first()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
