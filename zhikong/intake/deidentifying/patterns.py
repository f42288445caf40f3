"""What identifying numbers, addresses and cues look like. Written for text whose full-width digits are half-width already."""

from __future__ import annotations

import re

_GAP = r"[ \-－—·.]?"
_HAN = "\u3400-\u9fff"
# characters of place names: not the words that lead up to one (家住…, 送至…)
_PLACE = rf"(?![于从住到在往由者至送自])[{_HAN}]"
ID_NUMBER = re.compile(
    rf"(?<![\dA-Za-z])(?:\d{{6}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]){_GAP}\d{{3}}[\dXx]"
    r"|\d{6}\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3})(?![\dA-Za-z])"
)
PERMIT = re.compile(
    r"(?:护照|通行证|军官证|社保卡|医保卡|就诊卡|健康卡|证件|身份证|驾驶证|居住证)(?:号码?|编号)?\s*[:：为是]?\s*"
    r"(?P<value>[A-Za-z]{0,3}[\d]{6,20}[A-Za-zXx]?)"
)
TELEPHONE = re.compile(
    rf"(?<![\d.])(?:(?:\+|00)?86[ -]?)?1\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{4}}(?![\d.]\d|\d)"
    r"|(?<![\d.])(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3}[ -])\d{7,8}(?:[-转]\d{1,5})?(?!\d)"
)
LABELLED_TELEPHONE = re.compile(
    r"(?:电话|手机|联系方式|联系号码|座机|传真|致电|拨打|TEL|Tel|tel)(?:号码?)?\s*[:：为是]?\s*(?P<value>[+\d零〇一二三四五六七八九幺][\d零〇一二三四五六七八九幺 \-()转]{5,20}[\d零〇一二三四五六七八九幺])"
)
CHINESE_DIGITS = re.compile(r"[零〇一二三四五六七八九幺两]{11,18}")
HOSPITAL_NUMBER = re.compile(
    r"(?:住院号|病案号|病历号|门诊号|登记号|就诊号|检查号|影像号|病理号|标本号|条码号|床头卡号|ID号|住院ID|MRN)"
    r"(?:码)?\s*[:：为是#]?\s*(?P<value>[A-Za-z]{0,4}[-]?\d{4,18}[A-Za-z]?)"
)
MAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
ACCOUNT = re.compile(
    r"(?:微信号?|QQ号?|银行卡号?|卡号|车牌号?)\s*[:：为是]?\s*(?P<value>[A-Za-z\u4e00-\u9fff]?[A-Za-z0-9_-]{5,20})"
)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·]?[A-Z0-9]{5,6}(?![A-Za-z0-9])"
)
BIRTH_DATE = re.compile(
    r"(?:出生日期|出生年月日?|生日|出生于|生于)\s*[:：]?\s*(?P<value>\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?)"
)
_STREETS = "镇|乡|街道|社区|村|屯|庄|街|路|大道|巷|胡同|弄|小区|花园|家园|苑|新村|公寓|大厦"
_COUNT = r"第?[\d一二三四五六七八九十百]{1,5}"
_UNITS = "号楼|号|弄|组|队|栋|幢|座|单元|室|楼|层|院|户|[-－]"
# an address is only looked for where a street and a number meet
ADDRESS_CORE = re.compile(rf"(?:{_STREETS})(?:{_COUNT}(?:{_UNITS}))+(?:\d{{1,5}}室?)?")
BEFORE_ADDRESS = re.compile(rf"(?:{_PLACE}){{1,30}}$")
PLACES_BEFORE = 30

LABELLED_ADDRESS = re.compile(
    rf"(?:现住址|家庭住址|家庭地址|户籍地址|户口地址|户籍所在地|住址|地址|居住地|工作单位|单位地址|籍贯)\s*[:：为是]?\s*"
    rf"(?P<value>[{_HAN}\dA-Za-z（）()\-－ ]{{4,60}})"
)
LIVES_AT = re.compile(rf"(?:家住|现住|居住于|住在|租住于)\s*(?P<value>[{_HAN}\dA-Za-z\-－]{{4,40}})")

NAME_LABEL = re.compile(
    r"(?:患者姓名|病人姓名|产妇姓名|患儿姓名|联系人姓名|家属姓名|姓\s{0,2}名|联系人|家属签名|患者签名|代理人签名|监护人签名|患方签名|"
    r"被授权人|授权代理人|委托人|法定监护人|紧急联系人|医师签名|医生签名|护士签名|签名|签字|记录者|记录人|汇报人|主持人|谈话医师)"
    r"(?:（[^（）]{1,8}）)?\s*[:：]\s*"
)
NAME_CUE = re.compile(
    r"(?:患者|病人|产妇|患儿|病员|死者|伤者|孕妇|患妇|老人|"
    r"[其之由](?:父亲|母亲|丈夫|妻子|爱人|儿子|女儿|哥哥|弟弟|姐姐|妹妹|配偶|女婿|儿媳|孙子|孙女|外孙|侄子|侄女|亲属|家属|同事|邻居|护工|监护人|代理人)|"
    r"(?:会诊|主刀|主管|责任|值班|麻醉|管床|经治|接诊|带教|手术)(?:医师|医生|护士)|术者|主刀|"
    r"儿子|女儿|丈夫|妻子|父亲|母亲|配偶|家属|护工|监护人|代理人|联系人|邻居|同事|亲属)(?:（[^（）]{1,6}）|\([^()]{1,6}\))?[：:]?\s?"
)
POLITE = r"先生|女士|小姐|同志|阿姨|大爷|大妈|师傅"
# what may follow a name in running text
FOLLOWS = re.compile(
    r"$|[\s，。；：、,.;:（）()\[\]【】《》“”\"'/\d]|男|女|因|于|自|诉|系|今|昨|现|在|由|与|及|和|的|等|已|未|为|之|目前|入院|出院|一般|神志|病情|表示|拒绝|同意|"
    r"签|送|搀|到|来|陪|电话|手机|身份|住|年|术|再|经|将|需|要|曾|无|有|对|告|说|称|代|共|均|也|遂|后|前|主任|医|护|教授|老师|大夫|先生|女士|小姐|同志|阿姨|大爷|大妈|师傅"
)
NOT_IN_A_GIVEN_NAME = set(
    "送陪因于自诉男女今昨现已未无有系由为出被经与及之其患病的了是在等和或而且但均也将需要对告说称曾再后前术入来到"
)
