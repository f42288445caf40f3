"""Papers of complaints: the letter of answer in Word; QR poster and public notice in PDF."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import qrcode
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from zhikong.hospital.functions.complaints.models.intake import Complaint, VoicePoint, VoiceSetting
from zhikong.hospital.functions.complaints.rules_intake_keys import grouped
from zhikong.hospital.functions.complaints.rules_intake_pack import Rules, days_of
from zhikong.web import typesetting
from zhikong.web.charts.fonts import SANS, SERIF, folders
from zhikong.web.paper import BODY, GREY, RED, TITLE, centred, lay_out, set_font

LAYOUT = Path(__file__).with_name("poster.typ")
INDENT = Pt(28)


def day_in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# ---- the letter --------------------------------------------------------------------------------------------------------


def letter(
    complaint: Complaint,
    *,
    institution: str,
    addressee: str,
    answered_on: date,
    received_on: date,
    setting: VoiceSetting,
) -> bytes:
    """The answer as a letter. addressee: how the complainant is called on it, such as 陈先生/女士 or 投诉人."""
    document = Document()
    lay_out(document)
    centred(document, institution, TITLE, 20, RED)
    centred(document, _("投诉答复函"), TITLE, 24).paragraph_format.space_after = Pt(6)
    centred(document, _("编号：%(number)s") % {"number": grouped(complaint.number)}, BODY, 12, GREY)
    _say(document, _("%(who)s：") % {"who": addressee}, indent=False)
    _say(
        document,
        _("您于%(day)s提出的投诉已办理（途径：%(way)s），现答复如下：")
        % {"day": day_in_words(received_on), "way": str(complaint.get_channel_display()).partition("（")[0]},
    )
    for line in complaint.answer.splitlines():
        _say(document, line)
    for line in _closing(setting):
        _say(document, line)
    _sign(document, institution, answered_on)
    document.core_properties.title = _("投诉答复函 %(number)s") % {"number": complaint.number}
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _closing(setting: VoiceSetting) -> list[str]:
    """What the complainant may still do; telephone and address as far as the hospital has set them."""
    said = [
        _(
            "如您对上述答复有异议，可以凭编号和密钥在查询页申请复核，也可以通过协商、人民调解、行政处理、诉讼等途径解决。"
        )
    ]
    if setting.telephone:
        said.append(
            _("联系电话：%(phone)s；接待地点：%(place)s；接待时间：%(hours)s。")
            % {"phone": setting.telephone, "place": setting.address, "hours": setting.hours}
        )
    return [*said, _("感谢您对我们工作的监督。")]


def _say(document, text: str, *, indent: bool = True) -> None:
    if not text.strip():
        return
    paragraph = document.add_paragraph()
    if indent:
        paragraph.paragraph_format.first_line_indent = INDENT
    set_font(paragraph.add_run(text.strip()), BODY, 14)


def _sign(document, institution: str, answered_on: date) -> None:
    for text in (institution, _("（投诉管理部门盖章）"), day_in_words(answered_on)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_with_next = True
        if text == institution:
            paragraph.paragraph_format.space_before = Pt(36)
        set_font(paragraph.add_run(text), BODY, 14)


# ---- posters -----------------------------------------------------------------------------------------------------------


def code_of(address: str) -> list[list[int]]:
    """The QR code as rows of 0 and 1, with its quiet zone; correction M: a scratched poster still reads."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    made.add_data(address)
    made.make(fit=True)
    return [[int(cell) for cell in line] for line in made.get_matrix()]


def poster(
    point: VoicePoint, *, address: str, institution: str, setting: VoiceSetting, rules: Rules
) -> bytes:
    """One A4 page for the wall of a ward. point.name: what its department is called today."""
    place = " · ".join(filter(None, (point.name, point.place)))
    steps = [
        _("用手机扫一扫，不用登录，也可以不留姓名。"),
        _("写下发生了什么，可以加照片。"),
        _("记下编号和密钥，随时看办到哪一步、看答复。"),
    ]
    return _pdf({
        "title": _("投诉与建议"), "hospital": institution, "heading": _("有话请对我们说"), "lead": _("投诉 · 意见 · 建议"),
        "code": code_of(address), "size": 8.6, "place": place, "address": address,
        "parts": [
            {"title": _("怎么提"), "lines": steps, "numbered": True},
            {"title": _("也可以"), "lines": contact_lines(setting) or [_("直接告诉您身边的医护人员：谁第一个听到，谁负责到底。")], "numbered": False},
        ],
        "foot": _promise(rules, setting),
    })  # fmt: skip


def notice(*, address: str, institution: str, setting: VoiceSetting, rules: Rules) -> bytes:
    """The public notice of the procedure (CMP-16): steps, place, hours, contacts, ways out."""
    return _pdf({
        "title": _("投诉处理程序公示"), "hospital": institution, "heading": _("投诉处理程序公示"), "lead": "",
        "code": code_of(address), "size": 4.2, "place": "", "address": address,
        "parts": [
            {"title": _("办理程序"), "lines": procedure(rules, setting), "numbered": True},
            {"title": _("投诉渠道"), "lines": [*contact_lines(setting), _("扫描上面的二维码；病区意见箱、意见本；来信；信访；12345 热线。")], "numbered": False},
            {"title": _("不接受答复时"), "lines": [other_ways()], "numbered": False},
        ],
        "foot": _("谁第一个接到投诉，谁负责到有人接手为止（首接负责制）。"),
    })  # fmt: skip


def procedure(rules: Rules, setting: VoiceSetting) -> list[str]:
    """The steps in plain words with the hospital's own limits."""
    own = setting.clock_days
    days = {clock.id: days_of(clock, own) for clock in rules.clocks}
    return [
        _("受理：接到后 %(n)d 个工作日内由投诉管理部门登记受理，给您编号和密钥。") % {"n": days.get("accept", 1)},
        _("核实：看病历、问当事人，告知有关科室；当事人写书面说明，科室讨论并报告。"),
        _("答复：自受理之日起 %(n)d 个工作日内答复；涉及多个科室的 %(m)d 个工作日。") % {"n": days.get("answer", 5), "m": days.get("answer_several", 10)},
        _("回访：答复后 %(n)d 个工作日内听取您的意见；不接受的可以申请复核。") % {"n": days.get("call", 5)},
    ]  # fmt: skip


def other_ways() -> str:
    return _(
        "可以申请复核，也可以协商、申请人民调解、申请卫生健康行政部门处理，或向人民法院起诉。您有权复制病历，发生争议时可以要求封存。"
    )


def contact_lines(setting: VoiceSetting) -> list[str]:
    named = (
        (_("投诉电话"), setting.telephone), (_("地点"), setting.address), (_("接待时间"), setting.hours),
        (_("院领导接待日"), setting.leader_day),
    )  # fmt: skip
    return [f"{word}：{value}" for word, value in named if value]


def _promise(rules: Rules, setting: VoiceSetting) -> str:
    clock = next((one for one in rules.clocks if one.id == "answer"), None)
    days = days_of(clock, setting.clock_days) if clock else 5
    return _("我们在 %(n)d 个工作日内答复。紧急情况请立即按呼叫铃或告诉医护人员。") % {"n": days}


def _pdf(data: dict) -> bytes:
    data["fonts"] = {"sans": SANS, "serif": SERIF}
    with TemporaryDirectory(prefix="zhikong-poster-") as folder:
        Path(folder, "poster.typ").write_bytes(LAYOUT.read_bytes())
        return typesetting.compile(
            str(Path(folder, "poster.typ")), root=folder, font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf",
        )  # fmt: skip
