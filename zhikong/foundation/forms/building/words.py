"""The words of the editor: what the fields and codes of a definition are called on screen and in Excel."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "checklist": _("检查表"),
    "register": _("登记本"),
    "score_sheet": _("评分表"),
    "survey": _("问卷"),
    "report": _("报表"),
}
SUBJECTS = {
    "none": _("不针对具体对象"),
    "department": _("一个科室"),
    "person": _("一名职工"),
    "patient": _("一名患者"),
}
TYPES = {
    "yes_no": _("是 / 否"),
    "yes_no_na": _("是 / 否 / 不适用"),
    "choice": _("单选"),
    "choices": _("多选"),
    "number": _("数字"),
    "observation": _("抽查 n / m"),
    "text": _("短文字"),
    "long_text": _("长文字"),
    "date": _("日期"),
    "time": _("时间"),
    "datetime": _("日期和时间"),
    "person": _("职工"),
    "department": _("科室"),
    "patient": _("患者"),
    "photo": _("照片"),
    "signature": _("签名"),
    "table": _("表格"),
    "note": _("说明文字（不用填）"),
}
YES_NO = ("yes_no", "yes_no_na")
CHOICES = ("choice", "choices")
JUDGED = (*YES_NO, "observation")
SCORED = (*YES_NO, *CHOICES, "number", "observation")
EVIDENCE = {
    "never": _("不要求"),
    "when_no": _("答“否”时必须"),
    "always": _("总是必须"),
}
SEVERITIES = {
    "minor": _("一般"),
    "major": _("严重"),
}
LOOKS = {
    "look": _("看现场"),
    "watch": _("看操作"),
    "ask": _("询问"),
    "read": _("查记录"),
    "try": _("现场试"),
    "count": _("清点"),
}
VETOES = {
    "none": _("不否决"),
    "fail": _("整张表不合格"),
    "section_zero": _("本节得零分"),
    "sheet_zero": _("整张表得零分"),
    "cap": _("总分最多得…分"),
    "deduct": _("总分扣…分"),
}
SCORING = {
    "deduct": _("扣分（从满分往下扣）"),
    "sum": _("得分（逐题相加）"),
}
MARKS = {
    "verified": _("已对照原文"),
    "paraphrased": _("按原文转述"),
    "memory": _("凭记忆，待核对"),
}
FIELDS = {
    "id": _("编号"),
    "version": _("版本"),
    "kind": _("种类"),
    "title": _("名称"),
    "purpose": _("用途"),
    "source": _("依据文件"),
    "owner": _("负责部门"),
    "checker": _("核对部门"),
    "next_review": _("下次复核日期"),
    "subject": _("一张表针对"),
    "fill": _("谁可以填"),
    "notes": _("使用前说明"),
    "full_score": _("满分"),
    "pass_score": _("合格分"),
    "grades": _("等级"),
    "cap": _("本节最多扣（得）分"),
    "scoring": _("计分方式"),
    "type": _("题型"),
    "text": _("题目"),
    "help": _("填写说明"),
    "required": _("必填"),
    "score": _("分值"),
    "veto": _("否决"),
    "evidence": _("证据"),
    "clause": _("依据条款"),
    "severity": _("问题级别"),
    "check": _("怎样查"),
    "mark": _("可靠程度"),
    "show_if": _("显示条件"),
    "options": _("选项"),
    "unit": _("单位"),
    "min": _("最小值"),
    "max": _("最大值"),
    "decimals": _("小数位数"),
    "of": _("抽查总数"),
    "columns": _("表格各列"),
    "rows": _("行数"),
    "fixed": _("固定的行"),
}


def field(name: str) -> str:
    """The field's name on screen; a field that the editor does not know keeps its code."""
    return str(FIELDS.get(name, name))
