"""Parts of a finding's page: its plan, its rules in words, and what stands around it."""

from datetime import date

from django.utils.safestring import mark_safe

from zhikong.foundation.access.models import RoleAssignment
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.findings import onward, policy, queries, rules
from zhikong.foundation.findings.actions.planning import measure_in_words
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries.plans import Bone
from zhikong.web.charts import fishbone as drawing

MOST_REPEATS = 60


def sheet_parts(finding: Finding) -> dict:
    """What the page and the papers both show: the plan, the level and the office in words."""
    rule = policy.in_force()
    level = rule.level(finding.level, finding.severity)
    measures = list(finding.measures.select_related("who", "done_by"))
    return {
        "bones": (bones := queries.fishbone(finding)),
        "measures": measures,
        "cause_drawn": bool(bones)
        and all(one.text in finding.cause for bone in bones for row in bone.chains for one in row),
        "measures_listed": bool(measures) and _all_listed(finding, measures),
        "level": level.title,
        "level_help": level.help,
        "office": ROLES[finding.office].title if finding.office in ROLES else finding.office,
        "ladder": rule.ladder_sentence(finding.level, finding.severity),
        "most_extensions": rule.extensions,
    }


def _all_listed(finding: Finding, measures) -> bool:
    """The answer in words says nothing that the list of measures does not."""
    listed = {measure_in_words(one) for one in measures}
    return all(line.partition(". ")[2] in listed for line in finding.measure.splitlines())


def around(user, finding: Finding, today: date, bones: list[Bone], theme: str = "light") -> dict:
    """Repeats, merged findings, referrals, what stays afterwards, who has left, and what may come of it."""
    repeats = list(queries.chain(finding)[:MOST_REPEATS])
    opened = finding.state not in rules.DONE_STATES
    return {
        "repeats": repeats[:12],
        "row": (row := queries.months_in_row(finding, repeats)),
        "must_improve": opened and row >= policy.in_force().pdca_months,
        "onward": onward.offers(user, finding),
        "merged": list(finding.merged.order_by("pk")),
        "extensions": list(finding.extensions.all()),
        "referrals": list(finding.referrals.all()),
        "accountable": list(finding.accountable.select_related("person", "by").order_by("at")),
        "follow_ups": list(finding.follow_ups.select_related("by").order_by("-at")),
        "lessons": list(finding.lessons.select_related("by").order_by("at")),
        "owner_left": opened and _has_left(finding.owner, today),
        "extension_asked": any(one.granted is None for one in finding.extensions.all()),
        "fishbone": picture(finding.title, bones, theme),
    }


def _has_left(user, today: date) -> bool:
    """The account is switched off, or holds no role any more."""
    if user is None:
        return False
    return not user.is_active or not RoleAssignment.objects.on(today).filter(user_id=user.pk).exists()


def picture(title: str, bones: list[Bone], theme: str = "light") -> str:
    """The cause-effect diagram as SVG, or nothing while no cause is written."""
    if not bones:
        return ""
    drawn = [drawing.Bone(bone.title, tuple(_cause(chain) for chain in bone.chains)) for bone in bones]
    return mark_safe(drawing.fishbone_svg(title, drawn, theme=theme))


def theme_of(request) -> str:
    """The colours that the reader chose."""
    return "dark" if request.COOKIES.get("theme") == "dark" else "light"


def _cause(chain) -> drawing.Cause:
    first, *deeper = chain
    whys = tuple(one.text + ("〔真因〕" if one.is_root else "") for one in deeper)
    return drawing.Cause(first.text, drawing.TRUE if first.is_root else "", whys)
