"""A small plan for tests: its text, and its items as a person accepted them."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LINES = (
    "二、明确科室医疗主要工作指标。",
    "病床使用率≥92%；平均住院日≤14天；三基考核合格率=100%(75/100分)。",
    "微笑服务率≥95%。",
    "非手术病人入院72小时内谈话并签字。",
    "医院每季度召开一次医院医疗安全管理委员会会议。",
    "各科室每月5日前自查医疗文书并上报。",
    "医务科每周抽查处方。",
    "定期组织理论考核。",
    "3月份：住院超过30天患者，做大查房重点。",
    "4月份：门诊预约与候诊秩序检查。",
    "力争科研立项6-7项。",
    "去年甲级病案率达到95%。",
    "成立病案管理委员会，由分管院长任主任委员，医务科、质控科负责人为委员。",
)
TEXT = "\n".join(LINES)


def place(words):
    start = TEXT.index(words)
    return start, start + len(words)


ITEMS = (  # words, kind, fields, link
    ("病床使用率≥92%", "target", {"subject": "病床使用率", "operator": ">=", "value": 92, "unit": "%"}, "bed_occupancy"),
    ("平均住院日≤14天", "target", {"subject": "平均住院日", "operator": "<=", "value": 14, "unit": "days"}, "average_length_of_stay"),
    ("三基考核合格率=100%", "target", {"subject": "三基考核合格率", "operator": "=", "value": 100, "unit": "%"}, "basics_exam_pass_rate"),
    ("75/100分", "threshold", {"subject": "三基考核合格率", "operator": ">=", "value": 75, "unit": "points"}, ""),
    ("微笑服务率≥95%", "target", {"subject": "微笑服务率", "operator": ">=", "value": 95, "unit": "%"}, ""),
    ("非手术病人入院72小时内", "deadline", {"subject": "非手术病人谈话", "within": {"value": 48, "unit": "hour"}}, "rule:admission-talk-72h"),
    ("医院每季度召开一次医院医疗安全管理委员会会议", "duty", {"subject": "召开医疗安全管理委员会会议", "frequency": {"count": 1, "per": "quarter"}, "evidence": "minutes"}, ""),
    ("各科室每月5日前自查医疗文书并上报", "deadline", {"subject": "自查医疗文书并上报", "department": "各科室", "frequency": {"count": 1, "per": "month"}, "within": {"value": 5, "unit": "day"}, "evidence": "report"}, ""),
    ("医务科每周抽查处方", "duty", {"subject": "抽查处方", "department": "医务科", "frequency": {"count": 1, "per": "week"}}, ""),
    ("定期组织理论考核", "duty", {"subject": "理论考核"}, ""),
    ("3月份：住院超过30天患者", "date_range", {"subject": "住院超过30天患者，做大查房重点", "starts_on": "03-01", "ends_on": "03-31", "theme_month": 3}, ""),
    ("4月份：门诊预约与候诊秩序检查", "date_range", {"subject": "门诊预约与候诊秩序检查", "starts_on": "04-01", "ends_on": "04-30", "theme_month": 4}, ""),
    ("6-7项", "quota", {"subject": "科研立项", "operator": ">=", "value": 6, "unit": "count"}, ""),
    ("6-7项", "quota", {"subject": "科研立项", "operator": "<=", "value": 7, "unit": "count"}, ""),
    ("去年甲级病案率达到95%", "result", {"subject": "甲级病案率", "operator": ">=", "value": 95, "unit": "%"}, "grade_a_records"),
    ("成立病案管理委员会", "body", {"subject": "病案管理委员会", "chair": "分管院长", "members": "医务科、质控科负责人"}, ""),
)  # fmt: skip


def write(hospital, *, year=2027, title="医疗质量工作计划", items=ITEMS, replaces=None, department=None):
    """The document with its sentences, and its items accepted."""
    from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem, PlanSentence

    document = PlanDocument.objects.create(
        institution_id=hospital.id, year=year, title=title, text=TEXT, file_name="plan.txt", state="reviewed",
        brought_at=NOW, replaces=replaces, department=department, level="department" if department else "hospital",
    )  # fmt: skip
    sentences = []
    for line in LINES:
        start, end = place(line)
        sentences.append(
            PlanSentence.objects.create(institution_id=hospital.id, document=document, start=start, end=end)
        )
    for words, kind, fields, link in items:
        start, end = place(words)
        of_rule = link.startswith("rule:")
        PlanItem.objects.create(
            institution_id=hospital.id, document=document, kind=kind, start=start, end=end, fields=fields, state="accepted",
            decided_at=NOW, link_kind="rule" if of_rule else "indicator" if link else "", link_id=link.removeprefix("rule:"),
            sentence=next(s for s in sentences if s.start <= start < s.end),
        )  # fmt: skip
    return document
