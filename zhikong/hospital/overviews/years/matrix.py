"""Who opens which page of years (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

KEEP, LOOK = needs(P.KEEP_YEAR), needs(P.VIEW_PLANS)
LETTER = "科室只有自己的；草稿和收回的只有办理年度的人"
PAGES = {
    "years:index": Page(LOOK),
    "years:roll_overs": Page(KEEP),
    "years:roll_over": Page(KEEP),
    "years:choose": Page(KEEP),
    "years:preview": Page(KEEP),
    "years:plan": Page(KEEP),
    "years:roll_act": Page(KEEP, "生效和撤销还要维护目标值的权限"),
    "years:letters": Page(LOOK, LETTER),
    "years:sign_many": Page(needs(P.SIGN_LETTERS), "院领导签全部科室的，科主任只签自己的"),
    "years:template": Page(KEEP),
    "years:template_file": Page(KEEP),
    "years:archive": Page(KEEP),
    "years:letters_act": Page(KEEP),
    "years:letter": Page(LOOK, LETTER),
    "years:letter_document": Page(LOOK, LETTER),
    "years:check_document": Page(LOOK, LETTER),
    "years:letter_act": Page(needs(P.KEEP_YEAR, P.SIGN_LETTERS), "签署和拒签由院领导和本科室主任"),
    "years:summaries": Page(LOOK, "草稿只有办理年度的人"),
    "years:summary": Page(LOOK, "草稿只有办理年度的人"),
    "years:figure": Page(LOOK, "草稿只有办理年度的人；明细按各自的权限"),
    "years:summary_document": Page(LOOK, "草稿只有办理年度的人"),
    "years:summary_act": Page(KEEP),
    "years:books": Page(LOOK),
    "years:book": Page(LOOK, "本人可看的科室"),
}
