"""Free text loses who it is about, and keeps what it says of the illness."""

import itertools

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.intake.test_reading import CONTEXT
from zhikong.intake.deidentifying import Kind, deidentify
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.staging import stage

HIDDEN = [
    ("患者王小明，男，56岁", ["王小明"]),
    ("姓名：张 三  性别：男", ["张 三"]),
    ("患者赵敏诉头晕", ["赵敏"]),
    ("其女儿李丽陪同，由丈夫刘强送来", ["李丽", "刘强"]),
    ("家属签名：欧阳明月  2026年11月02日", ["欧阳明月"]),
    ("买买提·艾力，男", ["买买提·艾力"]),
    ("张建国主任医师查房后指出", ["张建国"]),
    ("会诊医师高峰到达", ["高峰"]),
    ("联系电话：138 0013 8000", ["138 0013 8000"]),
    ("手机１３９００００１２３４。", ["１３９００００１２３４"]),
    ("电话0731-88881234", ["0731-88881234"]),
    ("电话零二五-83271234", ["零二五-83271234"]),
    ("身份证号 11010519491231002X。", ["11010519491231002X"]),
    ("身份证 110105 19491231 002x", ["110105 19491231 002x"]),
    ("医保卡号：A12345678", ["A12345678"]),
    ("住院号：10023456", ["10023456"]),
    ("现住址：江苏省南京市鼓楼区中山路12号3栋502室，籍贯", ["江苏省南京市鼓楼区中山路12号3栋502室"]),
    ("患者家住东湖区人民路88号，由", ["东湖区人民路88号"]),
    ("出生日期：1949年12月31日，", ["1949年12月31日"]),
    ("微信号：wx_abc123", ["wx_abc123"]),
    ("邮箱 zhang.san@example.com。", ["zhang.san@example.com"]),
]
KEPT = [
    "患者高热3天，全身酸痛，患者左侧肢体无力。",
    "患者黄疸明显。患者曾因肺炎住院。患者白细胞升高。",
    "血钾 4.5 mmol/L，BP 120/80mmHg，体温 38.5℃，白细胞 12.5×10^9/L。",
    "术中见左侧卵巢囊肿，大小约5cm×4cm，切口长10cm，行右股骨干中段骨折切开复位内固定术。",
    "病区3号床，抢救室2楼，第3组输液。",
    "科主任、护士、麻醉医师共同核对，护士长已通知。",
    "2026-11-01 08:30 予青霉素 80万U 静滴，每日 2 次。",
    "患者于今晨排便一次，患者方可下床，患者平素体健。",
]


@pytest.mark.parametrize(("text", "secrets"), HIDDEN)
def test_what_tells_who_it_is_goes(text, secrets):
    cleared = deidentify(text)
    assert [text[s.start : s.end] for s in cleared.spans] == secrets
    assert not any(secret in cleared.text for secret in secrets)


@pytest.mark.parametrize("text", KEPT)
def test_what_the_chart_says_of_the_illness_stays(text):
    assert deidentify(text).text == text


def test_what_is_known_of_the_patient_is_hidden_wherever_it_stands():
    cleared = deidentify("告知白云 飞其病情，编号 7788-X。", ["白云飞", "7788-X"])
    assert cleared.text == f"告知{Kind.NAME}其病情，编号 {Kind.ID_NUMBER}。"


def test_places_are_those_of_the_delivered_text_and_never_overlap():
    text = "患者王小明，住院号：10023456，电话13800138000，家住人民路3号。"
    spans = deidentify(text, ["王小明"]).spans
    assert [s.kind for s in spans] == [Kind.NAME, Kind.HOSPITAL_NUMBER, Kind.TELEPHONE, Kind.ADDRESS]
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))


@given(
    st.text(alphabet="患者王小明张三路号住址电话138-0 ：，。X1９", max_size=200),
    st.sampled_from(["", "王小明", "1380"]),
)
def test_any_text_is_taken_and_a_second_pass_finds_no_known_value(text, known):
    cleared = deidentify(text, [known])
    assert not known or known not in cleared.text
    rebuilt, at = [], 0
    for span in cleared.spans:
        rebuilt += [text[at : span.start], span.kind.value]
        at = span.end
    assert "".join([*rebuilt, text[at:]]) == cleared.text


def test_a_column_of_free_text_is_staged_without_the_person(tmp_path):
    mapping = parse_mapping(
        {
            "id": "notes",
            "name": "病程",
            "sources": {
                "notes": {"pseudonyms": {"stay_id": {"kind": "stay", "of": ["号"]}}, "known": ["患者"]},
            },
            "tables": {
                "document_sections": {
                    "from": "notes",
                    "columns": {
                        "stay_id": "stay_id",
                        "document_id": "文书",
                        "section": {"constant": "正文"},
                        "seq": {"constant": 1},
                        "text": {"from": "内容", "as": "deidentified"},
                    },
                }
            },
        }
    )
    file = tmp_path / "notes.csv"
    pa_csv.write_csv(
        pa.table(
            {"号": ["1"], "患者": ["白云飞"], "文书": ["W1"], "内容": ["今日白云飞好转，电话13800138000"]}
        ),
        file,
    )
    staged = stage(mapping.sources["notes"], file, mapping, CONTEXT, tmp_path)
    stored = staged.path.read_bytes()
    table = pq.read_table(staged.path)
    assert table["内容"].to_pylist() == [f"今日{Kind.NAME}好转，电话{Kind.TELEPHONE}"]
    assert "患者" not in table.column_names
    assert "白云飞".encode() not in stored
