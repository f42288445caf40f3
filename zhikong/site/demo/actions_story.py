"""Corrective action of the demo hospital as it goes on: a defect that comes back, a plan with its causes, more time,
two findings made one, and questions to committees; told by ordinary acts of its users."""

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.findings import actions
from zhikong.foundation.findings.actions import Chain, Planned
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.queries import committees
from zhikong.foundation.findings.rules import Check
from zhikong.foundation.organisation.models import Person
from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.meetings import actions as meetings
from zhikong.site.demo.acting import acting, at

OFFICE, NURSING, PHARMACY, CARDIOLOGY, ORTHOPAEDICS = "zhikong", "huli", "yaoxue", "keshi", "guke"
CART, CART_WORDS = "crash_cart_round:sealed", "急救车处于封闭状态（上锁或封条完好），封条日期清楚"
FRIDGE, FRIDGE_WORDS = "drug_storage_check:fridge_log", "药品冰箱温度每日登记两次且在 2～8℃"
NIGHT, NIGHT_WORDS = "duty_handover_check:critical_bedside", "急危重患者做了床旁交班"


def tell(*, now: datetime) -> bool:
    """Tell the story once, in the scope of a whole hospital; False when it was told before."""
    if Finding.objects.filter(clause_key=CART).exists():
        return False
    _what_comes_back(now)
    _planned(now)
    _merged(now)
    _to_committees(now)
    _put_right_at_once(now)
    return True


def _raise(
    username: str, code: str, title: str, detail: str, clause: tuple[str, str], *, when: datetime, **more
) -> Finding:
    with acting(username, when) as user:
        department = resolve(name_or_code=code, on=timezone.localdate(when))
        return actions.raise_finding(
            by=user, now=when, department=department, title=title, detail=detail, source_kind="manual", source_key="",
            clause_key=clause[0], clause_text=clause[1], **{"severity": "minor"} | more,
        )  # fmt: skip


def _what_comes_back(now: datetime) -> None:
    """The seal of cardiology's crash cart, three months in a row: closed twice on evidence, then a project is due."""
    for days, seen in ((-70, "封条日期空白"), (-38, "封条破损，未记录原因")):
        when = at(now, days)
        one = _raise(
            NURSING,
            "CARD",
            "急救车封条不符合要求",
            f"护理部每月检查：{seen}。",
            (CART, CART_WORDS),
            when=when,
            place="3 病区",
        )
        _answered(
            one,
            CARDIOLOGY,
            "抢救后补封没有落实到人。",
            "抢救结束由当班护士补封并登记。",
            when=at(now, days + 2),
        )
        check = Check.REINSPECTION if one.is_strict else Check.EVIDENCE
        with acting(NURSING, at(now, days + 3)) as office:
            actions.accept(one, by=office, now=at(now, days + 3), check_by=check, items_required=5)
        with acting(CARDIOLOGY, at(now, days + 8)) as head:
            actions.correct(
                one, by=head, now=at(now, days + 8), evidence="补封登记本一个月记录，附照片编号。"
            )
        _verified(one, NURSING, when=at(now, days + 12))
    _raise(
        NURSING,
        "CARD",
        "急救车封条不符合要求",
        "护理部每月检查：封条日期与登记不一致。",
        (CART, CART_WORDS),
        when=at(now, -6),
        place="3 病区",
    )


def _answered(finding: Finding, username: str, cause: str, measure: str, *, when: datetime) -> None:
    with acting(username, when) as head:
        actions.answer_cause(finding, by=head, now=when, cause=cause)
        actions.propose_measure(finding, by=head, now=when, measure=measure)
        actions.approve(finding, by=head, now=when)


def _verified(finding: Finding, username: str, *, when: datetime) -> None:
    with acting(username, when) as office:
        if finding.is_strict:
            actions.verify_by_items(
                finding, by=office, now=when, items_checked=5, items_passed=5, text="5 辆均合格。"
            )
        else:
            actions.verify(finding, by=office, now=when, text="现场查看，登记属实。")
        actions.close(finding, by=office, now=when)


def _planned(now: datetime) -> None:
    """Orthopaedics has asked why five times, has three measures, one of them done, and has asked for more time."""
    found = _raise(
        OFFICE, "ORTH", "夜间危重患者交接不完整", "夜查 4 例危重患者，2 例没有床旁交接记录，1 例缺接班者签名。",
        (NIGHT, NIGHT_WORDS), when=at(now, -16), place="6 病区", opinion="请查明原因，规范夜间交接。",
    )  # fmt: skip
    chains = [
        Chain(
            "people",
            ["夜班护士不清楚危重患者名单", "名单只在白班交班本上", "没有规定名单随班更新"],
            3,
            "查看 7 天交班本",
        ),
        Chain("method", ["床旁交接没有固定项目", "科室没有交接单"], 2, "现场查看 10 次交接，内容各不相同"),
        Chain("environment", ["交接班时段电话和新入院集中"]),
    ]
    posts = (
        Person.objects.filter(appointments__department_id=found.department_id)
        .order_by("staff_number")
        .distinct()
    )
    people, end = list(posts[:3]), found.due_on
    planned = [
        Planned(
            "危重患者名单每班更新，贴在交班处",
            end - timedelta(days=8),
            people[0],
            "名单不随班更新",
            "6 病区护士站",
            "责任组长每班签字",
        ),
        Planned(
            "印发床旁交接单并培训全体护士",
            end - timedelta(days=4),
            people[1 % len(people)],
            "没有交接单",
            "6 病区",
            "晨会培训两次，护士长抽考",
            180,
        ),
        Planned(
            "22:00～22:30 不安排非急诊入院",
            end,
            people[2 % len(people)],
            "交接时段干扰多",
            "",
            "与住院处约定",
        ),
    ]
    when = at(now, -13)
    with acting(ORTHOPAEDICS, when) as head:
        actions.save_plan(found, by=head, now=when, chains=chains, measures=planned)
        actions.submit_plan(found, by=head, now=when)
        actions.approve(found, by=head, now=when)
    with acting(OFFICE, at(now, -12)) as office:
        actions.accept(
            found,
            by=office,
            now=at(now, -12),
            text="措施具体，同意。",
            check_by=Check.REINSPECTION,
            items_required=10,
        )
    with acting(ORTHOPAEDICS, at(now, -3)) as head:
        actions.complete_measure(
            found, found.measures.first(), by=head, now=at(now, -3), text="名单已上墙，每班更新。"
        )
        actions.ask_extension(
            found,
            by=head,
            now=at(now, -3),
            wanted_on=end + timedelta(days=7),
            reason="交接单印制要到下周才能到货。",
        )


def _merged(now: datetime) -> None:
    """The same fridge, found by the pharmacy and by the quality office's round within two days."""
    stays = _raise(
        PHARMACY,
        "ORTH",
        "药品冰箱温度登记不全",
        "10 月有 6 天只登记一次。",
        (FRIDGE, FRIDGE_WORDS),
        when=at(now, -9),
        place="5 病区",
    )
    goes = _raise(
        OFFICE,
        "ORTH",
        "5 病区冰箱温度漏登",
        "节前检查：最近一周漏登 2 次。",
        (FRIDGE, FRIDGE_WORDS),
        when=at(now, -7),
        place="5 病区",
    )
    with acting(OFFICE, at(now, -6)) as office:
        actions.merge(goes, by=office, now=at(now, -6), into=stays, reason="同一台冰箱、同一时段，一并整改。")
    with acting(ORTHOPAEDICS, at(now, -5)) as head:
        others = User.objects.filter(role_assignments__department_id=stays.department_id, is_active=True)
        nurse = others.exclude(pk=head.pk).order_by("pk").first()
        if nurse is not None:
            actions.delegate(
                stays, by=head, now=at(now, -5), to=nurse, text="请先核对登记本，周五前写好原因。"
            )
    with acting(PHARMACY, at(now, -4)) as pharmacy:
        before = stays.due_on
        actions.extend(
            stays,
            by=pharmacy,
            now=at(now, -4),
            due_on=before + timedelta(days=5),
            reason="自动温度记录仪下周安装。",
        )


def _to_committees(now: datetime) -> None:
    """One question is decided and has come back, one waits for a meeting that is planned."""
    bodies = {body.kind: body for body in committees()}
    quality, pharmacy = bodies.get("quality_committee"), bodies.get("pharmacy_committee")
    finding = Finding.objects.filter(indicator_id="average_length_of_stay").exclude(state="closed").first()
    if quality is None or pharmacy is None or finding is None:
        return
    with acting(OFFICE, at(now, -40)) as office:
        asked = actions.refer(
            finding, by=office, now=at(now, -40), body=quality, wanted_on=timezone.localdate(now) - timedelta(days=20),
            question="康复床位不足使骨科术后患者滞留。请研究是否在康复医学科增设骨科转床床位，由谁协调。",
        )  # fmt: skip
    with acting(OFFICE, at(now, -30)) as office:
        meeting = meetings.plan_meeting(
            by=office,
            now=at(now, -30),
            body=quality,
            on=timezone.localdate(now) - timedelta(days=20),
            place="行政楼三楼会议室",
        )
    when = at(now, -20, 16)
    with acting(OFFICE, when) as office:
        meetings.decide(
            asked, by=office, now=when, decided_on=timezone.localdate(when), discussion="康复医学科可调整 6 张床位，骨科每周提出转床名单。",
            decision="康复医学科自下月起为骨科术后患者保留 6 张转床床位。", measures="骨科每周一提交转床名单，质控科按月通报转床等待天数。",
            responsible=finding.owner.person if finding.owner else None, due_on=timezone.localdate(now) + timedelta(days=20),
        )  # fmt: skip
        meetings.hold(
            meeting,
            by=office,
            now=when,
            chaired_by="分管院长",
            present=11,
            notes="通报第三季度质量指标，研究议题一项。",
        )
    fridge = Finding.objects.filter(clause_key=FRIDGE, merged_into=None).first()
    with acting(PHARMACY, at(now, -3)) as office:
        asked = actions.refer(
            fridge,
            by=office,
            now=at(now, -3),
            body=pharmacy,
            question="病区药品冰箱是否统一改用自动温度记录，费用由谁承担。",
        )
        meetings.plan_meeting(
            by=office,
            now=at(now, -3),
            body=pharmacy,
            on=timezone.localdate(now) + timedelta(days=12),
            place="药学部会议室",
        )


def _put_right_at_once(now: datetime) -> None:
    """A small thing that was put right while the inspector stood by."""
    when = at(now, -6, 15)
    found = _raise(
        NURSING, "CARD", "速干手消毒剂没有写开启日期", "治疗车上一瓶速干手消毒剂没有写开启日期。",
        ("infection_ward_check:rub_date", "速干手消毒剂写有开启日期"), when=when, place="3 病区治疗室",
    )  # fmt: skip
    nurse = User.objects.get(username="hushizhang")
    with acting(NURSING, when) as office:
        actions.record_on_the_spot(
            found, by=office, now=when, corrected_by=nurse, evidence="当场更换并写上开启日期。"
        )
