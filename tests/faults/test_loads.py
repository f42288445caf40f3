"""Bad files, repeated files, interrupted loads: each gets a clear sentence, and nothing is ever half published."""

import pytest

from tests.loads import HEADER, NOW, line, loading_hospital, write_csv  # noqa: F401


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"出院时间": "2026-08-01 10:00:00"}, "出院时间早于入院时间"),
        ({"入院时间": "2026-02-30 08:00:00"}, "入院时间的值“2026-02-30 08:00:00”不是有效的日期时间。"),
        ({"入院时间": "王小明"}, "入院时间的值“王**”不是有效的日期时间。"),
        ({"出院科室": "火星科"}, "出院科室的值“火星科”不是本机构的科室代码、名称或别名。"),
        ({"年龄": "六十"}, "年龄的值“六**”不是整数。"),
        ({"年龄": "-1"}, "年龄的值“-1”小于允许的最小值 0。"),
        ({"总费用": "1,2元"}, "列"),
        ({"总费用": "12元"}, "总费用的值“12元”不是金额（元）。"),
        ({"离院方式": "7"}, "离院方式的值“7”不在代码表中，可用：1 医嘱离院"),
        ({"病案号": ""}, "病案号+住院次数为空，此项必填。"),
        ({"出院时间": "2027-01-01 10:00:00"}, "出院时间的值“2027-01-01 10:00:00”晚于导入时间。"),
        ({"出院时间": ""}, "出院时间为空，此项必填。"),
        ({"年龄": "13812345678x"}, "不是整数"),
    ],
)
def test_a_bad_row_goes_aside_with_row_and_reason_and_the_good_rows_load(
    loading, tmp_path, changes, sentence
):
    load = loading.load(write_csv(tmp_path / "a.csv", [line(1), line(2, **changes), line(3)]))
    assert (load.state, load.counts["delivered"], load.counts["faulty"]) == ("published", 3, 1)
    assert len(loading.rows()) == 2
    found = loading.problems(load)
    assert {row for row, *_ in found} == {3}
    assert any(sentence in message for *_, message in found), found


def test_a_number_of_a_person_in_the_wrong_column_is_masked(loading, tmp_path):
    lines = [line(1, 年龄="13812345678"), line(2, 入院时间="99601219640401246X"), line(3)]
    load = loading.load(write_csv(tmp_path / "a.csv", lines))
    values = [value for _, _, value, _ in loading.problems(load)]
    assert "99****6X" in values
    assert not any("13812345678" in str(value) for value in values)


def test_a_duplicate_stay_loads_once_and_the_second_names_the_first(loading, tmp_path):
    load = loading.load(write_csv(tmp_path / "a.csv", [line(1), line(2), line(1, 年龄="61")]))
    assert sorted(row["age_years"] for row in loading.rows()) == [60, 60]
    [(row, _, _, message)] = loading.problems(load)
    assert row == 4
    assert message == "与第 2 行重复（病案号+住院次数相同），只导入先出现的一行。"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的，没有任何内容。"),
        ((HEADER + "\n").encode(), "文件只有表头，没有数据行。"),
        (HEADER.replace(",出院时间", "").encode() + b"\n1,2,3\n", "文件缺少列：出院时间。"),
        (b"PK\x03\x04rest", "这是 Excel 工作簿或压缩包，不是文本文件。"),
        (HEADER.encode() + b"\n\xff\xfe\x81\x20\n", "文件编码无法识别"),
        (HEADER.replace("姓名", "性别").encode() + b"\n", "表头中列名重复：性别。"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_one_sentence(loading, tmp_path, content, message):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    load = loading.load(path)
    assert load.state == "refused"
    assert load.message.startswith(message)
    assert load.remedy
    assert loading.rows() == []


def test_a_row_with_too_few_columns_and_blank_lines_keep_the_row_numbers_right(loading, tmp_path):
    lines = [line(1), "只有,三,列", "", line(2, 年龄="x"), line(3)]
    load = loading.load(write_csv(tmp_path / "a.csv", lines))
    assert [(row, message[:9]) for row, _, _, message in loading.problems(load)] == [
        (3, "本行有 3 列，表"),
        (5, "年龄的值“x”不是"),
    ]
    assert len(loading.rows()) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_every_usual_encoding_gives_the_same_rows(loading, tmp_path, encoding):
    load = loading.load(write_csv(tmp_path / "a.csv", [line(1), line(2)], encoding=encoding))
    assert load.state == "published"
    assert {row["discharge_department"] for row in loading.rows()} == {"CARD"}
    assert {row["total_fee"] for row in loading.rows()} == {123456}


def test_the_same_file_again_changes_nothing_and_says_so(loading, tmp_path):
    path = write_csv(tmp_path / "a.csv", [line(1), line(2, 年龄="x")])
    loading.load(path)
    before = (loading.data_version(), loading.files())
    again = loading.load(path.rename(tmp_path / "b.csv"))
    assert again.state == "unchanged"
    assert "已于 2026-11-22" in again.message or "导入过" in again.message
    assert (loading.data_version(), loading.files()) == before
    assert loading.problems(again) == []


def test_the_same_content_in_another_file_changes_nothing(loading, tmp_path):
    loading.load(write_csv(tmp_path / "a.csv", [line(1), line(2)]))
    before = loading.data_version()
    again = loading.load(write_csv(tmp_path / "b.csv", [line(2), line(1)], encoding="gbk"))
    assert again.state == "unchanged"
    assert "一致" in again.message
    assert loading.data_version() == before


@pytest.mark.proves("X-23")
def test_a_new_alias_lets_the_same_file_bring_the_rows_that_were_missing(loading, tmp_path):
    from zhikong.foundation.organisation.models import Department, DepartmentAlias

    path = write_csv(tmp_path / "a.csv", [line(1), line(2, 出院科室="心血管一病区")])
    loading.load(path)
    with loading.scoped():
        card = Department.objects.get(code="CARD")
        DepartmentAlias.objects.create(institution_id=loading.id, department=card, alias="心血管一病区")
    load = loading.load(path)
    assert (load.state, load.counts["new_stays"], load.counts["unchanged_stays"]) == ("published", 1, 1)


def test_a_corrected_stay_replaces_the_earlier_one_also_in_another_month(loading, tmp_path):
    loading.load(write_csv(tmp_path / "a.csv", [line(1), line(2)]))
    moved = line(1, 出院时间="2026-10-02 09:00:00", 年龄="61")
    load = loading.load(write_csv(tmp_path / "b.csv", [moved]))
    counts = load.counts
    assert (counts["new_stays"], counts["changed_stays"], counts["unchanged_stays"]) == (0, 1, 0)
    assert load.months == ["2026-09", "2026-10"]
    found = {(row["age_years"], row["discharged_at"].month) for row in loading.rows()}
    assert found == {(60, 9), (61, 10)}


def test_names_and_record_numbers_never_reach_lake_or_quarantine(loading, tmp_path):
    from django.conf import settings

    lines = [
        line(1, 病案号="70070070", 姓名="欧阳诗涵"),
        line(2, 病案号="70070071", 姓名="诸葛长风", 年龄="x"),
    ]
    load = loading.load(write_csv(tmp_path / "a.csv", lines))
    secrets = [word.encode() for word in ("70070070", "70070071", "欧阳诗涵", "诸葛长风")]
    for path in (settings.ZHIKONG_HOME / "lake" / loading.code).rglob("*"):
        if path.is_file():
            assert not any(word in path.read_bytes() for word in secrets), path
    for _, label, value, message in loading.problems(load):
        assert not any(word in f"{label}{value}{message}" for word in ("70070071", "诸葛长风"))
    assert not any((settings.ZHIKONG_HOME / "staging" / loading.code).iterdir())


def test_an_upload_is_kept_raw_and_loaded_by_the_worker_once(loading):
    from zhikong.foundation.facts import raw
    from zhikong.hospital.functions.datasources import actions

    content = "\n".join([HEADER, line(1), line(2, 年龄="x")]).encode("gbk")
    with loading.scoped():
        load = actions.request_load(
            by=None, now=NOW, chunks=[content[:7], content[7:]], file_name="首页.csv", mapping="front_page"
        )
    done = actions.load_upload(load_id=load.pk, scope=loading.scope, now=NOW)
    assert (done.state, done.counts["faulty"], len(loading.rows())) == ("published", 1, 1)
    with loading.scoped():
        [receipt] = load.receipts.all()
        kept = raw.stream_for_job(receipt.raw).read()
    assert (receipt.state, receipt.name, kept) == ("applied", "首页.csv", content)
    before = loading.data_version()
    again = actions.load_upload(load_id=load.pk, scope=loading.scope, now=NOW)
    assert (again.state, loading.data_version()) == ("published", before)


def test_two_loads_at_once_come_one_after_the_other(loading, tmp_path):
    import threading

    from django.db import connections

    paths = [write_csv(tmp_path / f"{n}.csv", [line(n * 10 + i) for i in range(5)]) for n in range(4)]
    states = []

    def work(path):
        try:
            states.append(loading.load(path).state)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["published"] * 4
    assert len(loading.rows()) == 20


def test_a_load_without_permission_is_refused(loading, tmp_path):
    from django.core.exceptions import PermissionDenied

    from zhikong.foundation.access.models import User
    from zhikong.foundation.access.scope import Scope
    from zhikong.hospital.functions.datasources import actions

    with loading.scoped():
        user = User.objects.create(username=f"nobody-{loading.code}", institution_id=loading.id)
    scope = Scope(loading.id, departments=None, user_id=user.pk, actor=user.username)
    path = write_csv(tmp_path / "a.csv", [line(1)])
    with pytest.raises(PermissionDenied, match="管理数据接入"):
        actions.load_file(by=user, now=NOW, path=path, mapping="front_page", scope=scope)
    assert loading.rows() == []


def test_a_missing_file_an_unknown_mapping_and_a_truncated_wheel_are_one_sentence(loading, tmp_path):
    assert loading.load(tmp_path / "nowhere.csv").message == "找不到文件 nowhere.csv。"
    path = write_csv(tmp_path / "a.csv", [line(1)])
    assert loading.load(path, mapping="moon").message == "没有名为 moon 的映射。"
    wheel = tmp_path / "x.whl"
    wheel.write_bytes(b"PK\x03\x04 and then nothing")
    assert loading.load(wheel, mapping="clif").message == "x.whl 不是完整的压缩包。"
    (tmp_path / "empty").mkdir()
    assert "没有映射" in loading.load(tmp_path / "empty", mapping="clif").message


def test_a_workbook_gives_the_same_rows_as_the_text_file(loading, tmp_path):
    import openpyxl

    text = write_csv(tmp_path / "a.csv", [*(line(n) for n in range(4)), line(4, 出院科室="火星科")])
    book = openpyxl.Workbook()
    book.active.append(["出院病人一览表"])
    for row in text.read_text(encoding="utf-8").splitlines():
        book.active.append(row.split(","))
    book.save(tmp_path / "a.xlsx")
    load = loading.load(tmp_path / "a.xlsx")
    assert load.counts["delivered"] == 5
    assert {row for row, *_ in loading.problems(load)} == {7}  # as the workbook counts: title, header, rows
    again = loading.load(text)
    assert again.state == "unchanged", again.message
