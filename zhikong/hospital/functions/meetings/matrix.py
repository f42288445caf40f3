"""Who opens which page of meetings (default deny)."""

from zhikong.foundation.access.matrix import Page, needs
from zhikong.foundation.access.permissions import Permission as P

KEEPS = "提交或登记议题的人"
ROW = "参会人、主任委员和秘书、登记决议的人；发布后收到的科室"
PAGES = {
    "meetings:list": Page(needs(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS), KEEPS),
    "meetings:refer": Page(needs(P.REFER_TO_COMMITTEE)),
    "meetings:committee": Page(needs(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS), KEEPS),
    "meetings:meeting": Page(needs(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS), KEEPS),
    "meetings:paper": Page(needs(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS), KEEPS),
    "meetings:item": Page(needs(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS), KEEPS),
    "meetings:act": Page(needs(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS), KEEPS),
    "meetings:mine": Page(needs(), "只有自己的会议"),
    "meetings:sitting": Page(needs(), ROW),
    "meetings:sitting_act": Page(needs(), f"{ROW}；每一步自己判断权限"),
    "meetings:screen": Page(needs(), "主持会议的人"),
    "meetings:sign_in": Page(needs(), "参会人，凭屏幕上的签到码"),
    "meetings:resolutions": Page(needs(P.REFER_TO_COMMITTEE, P.RECORD_DECISIONS), KEEPS),
    "meetings:resolution": Page(needs(), "责任人、参会人、登记决议的人"),
}
