"""Pages of forms: filling item by item and as a whole, two at once, a session that ended, registers, prints, programs."""

import json
import re
from base64 import b64decode
from io import BytesIO

import pypdfium2
import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from zhikong.foundation.forms import actions, queries
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.organisation.models import Person

CART = "crash_cart_round"
PASSWORD = "Kaoqin-2026-qm"
DRUG = {"count": "5", "expires": "2027-06-30"}
GOOD = {
    "checked_at": "2026-11-22T13:50", "sealed": "yes", "in_place": "yes", "clean": "yes", "defibrillator": "yes",
    "suction": "na", "laryngoscope": "yes", "bag_valve_mask": "yes", "oxygen": "12.5", "drugs_complete": "yes",
    "drugs_in_date": "yes",
    **{f"drugs.{n}.{name}": value for n in range(8) for name, value in DRUG.items()},
}  # fmt: skip


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def card(hospital):
    return hospital.departments["CARD"]


@pytest.fixture
def nurse(as_role, card):
    client = as_role("nurse", card, name="周小燕")
    client.user.set_password(PASSWORD)
    client.user.save()
    client.force_login(client.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def second(as_role, card):
    return as_role("head_nurse", card, name="陈晓红")


@pytest.fixture
def sheet(nurse, card):
    nurse.post(f"/forms/{CART}/new/", {"department": card.id})
    return Sheet.objects.get()


def page_of(sheet, **posted):
    """What the browser sends for the whole page: the answers, and that every visible item stood on it."""
    form = queries.definition(sheet)
    found = {"on_page": [item.id for item in form.items()], "act": "save", **posted}
    return found | {f"revision__{item.id}": sheet.revision for item in form.items()}


def save(client, sheet, item, revision=0, **posted):
    address = reverse("forms:save", args=[sheet.pk, item])
    return client.post(address, {f"revision__{item}": revision, **posted}, headers={"HX-Request": "true"})


class TestFilling:
    def test_the_page_shows_every_item_with_its_field_and_number(self, nurse, sheet):
        page = text(nurse.get(f"/forms/sheets/{sheet.pk}/"))
        assert "急救车处于封闭状态" in page
        assert 'name="sealed" value="yes"' in page
        assert "已填 0/" in page
        assert 'name="opened_why"' not in page  # hidden until the seal is broken
        assert "JJC-2026-0001" in page or sheet.number in page

    def test_one_item_is_saved_at_once_and_the_figures_follow(self, nurse, sheet):
        answer = save(nurse, sheet, "clean", clean="no")
        assert answer["X-Sheet-Saved"] == "yes"
        assert "已保存" in text(answer)
        assert "扣 5 分" in text(answer)
        assert "已填 1/" in text(answer)
        sheet.refresh_from_db()
        assert sheet.answers == {"clean": "no"}

    def test_what_the_answer_reveals_comes_with_it(self, nurse, sheet):
        shown = text(save(nurse, sheet, "sealed", sealed="no"))
        assert 'id="item-opened_why"' in shown
        assert 'name="opened_why"' in shown
        assert "data-attach" in shown  # a "no" asks for a picture
        gone = text(save(nurse, sheet, "sealed", revision=1, sealed="yes"))
        assert 'name="opened_why"' not in gone
        assert 'id="item-opened_why" data-item="opened_why" hx-swap-oob="true" hidden' in gone

    def test_a_wrong_answer_stays_on_the_page_with_its_sentence(self, nurse, sheet):
        answer = save(nurse, sheet, "oxygen", oxygen="99")
        assert answer["X-Sheet-Saved"] == "no"
        assert "不能大于 25 MPa。" in text(answer)
        whole = nurse.post(f"/forms/sheets/{sheet.pk}/", page_of(sheet, oxygen="99", clean="yes"))
        assert whole.status_code == 422
        assert 'value="99"' in text(whole)
        sheet.refresh_from_db()
        assert sheet.answers == {"clean": "yes"}  # the rest is stored

    def test_without_script_the_whole_page_is_stored_and_handed_in(self, nurse, sheet):
        sent = nurse.post(f"/forms/sheets/{sheet.pk}/", page_of(sheet, **GOOD))
        assert sent.status_code == 302
        sheet.refresh_from_db()
        signed = page_of(sheet, **GOOD, sign="signature", password__signature=PASSWORD)
        nurse.post(f"/forms/sheets/{sheet.pk}/", signed)
        sheet.refresh_from_db()
        done = nurse.post(f"/forms/sheets/{sheet.pk}/", page_of(sheet, **GOOD) | {"act": "submit"})
        sheet.refresh_from_db()
        assert (done.status_code, sheet.state, str(sheet.total)) == (302, "submitted", "100.00")

    def test_handing_in_lists_what_is_missing_with_links(self, nurse, sheet):
        page = nurse.post(f"/forms/sheets/{sheet.pk}/", page_of(sheet) | {"act": "submit"})
        assert page.status_code == 422
        assert 'href="#item-sealed"' in text(page)
        assert "这一项还没有填。" in text(page)

    def test_rows_are_added_and_taken_away(self, nurse, sheet):
        save(nurse, sheet, "drugs_complete", drugs_complete="no")
        row = {"short.0.name": "纱布", "short.0.problem": "missing"}
        more = text(save(nurse, sheet, "short", 1, add_row="short", **row))
        assert 'name="short.1.name"' in more
        assert 'value="纱布"' in more
        less = text(save(nurse, sheet, "short", 2, remove_row="short.0", **row))
        assert 'value="纱布"' not in less

    def test_a_wrong_password_does_not_sign(self, nurse, sheet):
        address = reverse("forms:sign", args=[sheet.pk, "signature"])
        answer = nurse.post(address, {"password__signature": "falsch"}, headers={"HX-Request": "true"})
        assert "密码不对" in text(answer)
        answer = nurse.post(address, {"password__signature": PASSWORD}, headers={"HX-Request": "true"})
        assert "周小燕" in text(answer)


class TestTwoAtOnce:
    def test_the_others_newer_answer_is_shown_beside_mine(self, nurse, second, sheet):
        save(nurse, sheet, "clean", clean="no")
        answer = save(second, sheet, "clean", clean="yes")
        assert answer["X-Sheet-Saved"] == "no"
        assert "周小燕" in text(answer)
        assert "<strong>否</strong>" in text(answer)
        assert 'id="revision-clean"' not in text(
            answer
        )  # a further stroke must not overwrite what was not read
        sheet.refresh_from_db()
        assert sheet.answers["clean"] == "no"

    def test_what_others_changed_arrives_by_itself(self, nurse, second, sheet):
        since = sheet.revision
        save(nurse, sheet, "sealed", sealed="no")
        page = text(second.get(f"/forms/sheets/{sheet.pk}/changes/?since={since}"))
        assert "周小燕" in page
        assert 'id="item-sealed"' in page
        assert 'name="opened_why"' in page
        nothing = nurse.get(f"/forms/sheets/{sheet.pk}/changes/?since={since + 1}")
        assert nothing.status_code == 204

    def test_an_answer_to_a_sheet_that_was_handed_in_is_refused_with_the_reason(self, nurse, sheet):
        Sheet.objects.filter(pk=sheet.pk).update(
            state="submitted", submitted_at=sheet.opened_at, submitted_by=nurse.user
        )
        answer = save(nurse, sheet, "clean", clean="yes")
        assert answer.status_code == 409
        assert "不能再填" in text(answer)


class TestSession:
    def test_a_page_of_another_account_writes_nothing(self, second, nurse, sheet):
        answer = save(second, sheet, "clean", clean="yes", page_user=nurse.user.pk)
        assert answer.status_code == 403
        sheet.refresh_from_db()
        assert sheet.answers == {}

    def test_a_page_whose_session_came_back_gets_a_token_and_learns_who_is_signed_in(self, nurse, sheet):
        said = nurse.get("/forms/alive/").json()
        assert said["user"] == nurse.user.pk
        assert said["token"]
        nurse.logout()
        assert nurse.get("/forms/alive/").status_code == 302


class TestScope:
    def test_another_departments_nurse_finds_nothing(self, as_role, hospital, sheet):
        other = as_role("nurse", hospital.departments["GSUR"])
        assert other.get(f"/forms/sheets/{sheet.pk}/").status_code == 404
        assert other.get(f"/forms/sheets/{sheet.pk}/print/").status_code == 404
        assert sheet.number not in text(other.get(f"/forms/{CART}/"))

    def test_who_may_not_fill_reads(self, as_role, card, sheet):
        head = as_role("department_head", card)
        assert head.get(f"/forms/sheets/{sheet.pk}/").status_code == 302
        assert head.get(f"/forms/sheets/{sheet.pk}/view/").status_code == 200
        assert save(head, sheet, "clean", clean="yes").status_code == 403


class TestRegister:
    def test_index_offers_what_i_may_fill_and_what_i_began(self, nurse, sheet):
        page = text(nurse.get("/forms/"))
        assert "急救车每周检查" in page
        assert sheet.number in page
        assert f"/forms/{CART}/new/" in page

    def test_filters_narrow_and_an_empty_result_says_so(self, nurse, sheet, card):
        assert sheet.number in text(nurse.get(f"/forms/{CART}/?state=draft&department={card.id}"))
        assert "没有符合条件的登记" in text(nurse.get(f"/forms/{CART}/?state=accepted"))
        assert sheet.number in text(
            nurse.get(f"/forms/{CART}/?period=2026-99x")
        )  # a bad query shows everything

    def test_words_are_looked_for_in_the_answers_and_the_number(self, nurse, sheet):
        save(nurse, sheet, "remarks", remarks='喉镜"备用"电池已换')
        for wanted in ("备用", '"备用"', "换", sheet.number.lower(), "心血管"):
            assert sheet.number in text(nurse.get(f"/forms/{CART}/", {"q": wanted})), wanted
        assert "没有符合条件的登记" in text(nurse.get(f"/forms/{CART}/", {"q": "除颤仪坏了"}))

    def test_the_workbook_holds_the_filtered_rows_with_numbers_as_numbers(self, nurse, sheet):
        save(nurse, sheet, "oxygen", oxygen="12.5")
        save(nurse, sheet, "remarks", remarks="=1+1")
        book = load_workbook(BytesIO(nurse.get(f"/forms/{CART}/export/").content))
        rows = list(book.active.iter_rows(values_only=True))
        line = dict(zip(rows[1], rows[2], strict=True))
        assert line["编号"] == sheet.number
        assert line["便携氧气瓶压力（MPa）"] == 12.5
        assert line["其他情况"] == "=1+1"
        assert book.active.cell(3, rows[1].index("其他情况") + 1).data_type == "s"  # never a formula

    def test_a_form_that_does_not_exist_is_not_found(self, nurse):
        assert nurse.get("/forms/nothing_here/").status_code == 404


class TestDeciding:
    @pytest.fixture
    def handed_in(self, nurse, sheet):
        nurse.post(f"/forms/sheets/{sheet.pk}/", page_of(sheet, **GOOD))
        address = reverse("forms:sign", args=[sheet.pk, "signature"])
        nurse.post(address, {"password__signature": PASSWORD})
        sheet.refresh_from_db()
        actions.submit(sheet, by=nurse.user, now=sheet.changed_at)
        return sheet

    def test_a_return_needs_a_reason_and_reaches_the_nurse(self, as_role, nurse, handed_in):
        office = as_role("nursing", name="刘敏")
        address = f"/forms/sheets/{handed_in.pk}/return/"
        assert office.post(address, {"return-reason": ""}).status_code == 422
        office.post(address, {"return-reason": "喉镜电池没有写"})
        page = text(nurse.get(f"/forms/sheets/{handed_in.pk}/"))
        assert "喉镜电池没有写" in page
        assert "已退回" in text(nurse.get("/forms/"))

    def test_the_nurse_is_not_offered_to_accept(self, as_role, nurse, handed_in):
        assert "/accept/" not in text(nurse.get(f"/forms/sheets/{handed_in.pk}/view/"))
        office = as_role("nursing")
        assert "/accept/" in text(office.get(f"/forms/sheets/{handed_in.pk}/view/"))
        office.post(f"/forms/sheets/{handed_in.pk}/accept/", {"accept-text": "符合要求"})
        handed_in.refresh_from_db()
        assert handed_in.state == "accepted"


def words_of(response) -> str:
    """The text of all pages of a PDF without spaces and line ends, which are the layout's own."""
    document = pypdfium2.PdfDocument(BytesIO(response.content))
    found = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return "".join(found.split())


class TestPaper:
    def test_the_blank_form_has_everything_to_write_on(self, nurse):
        answer = nurse.get(f"/forms/{CART}/blank/")
        assert answer["Content-Type"] == "application/pdf"
        words = words_of(answer)
        for expected in (
            "A市人民医院",
            "急救车每周检查",
            "第1版",
            "第1页，共",
            "急救车处于封闭状态",
            "盐酸肾上腺素",
            "检查人签名",
            "审核人签名",
        ):
            assert expected in words
        assert "抢救使用后尚未补齐" in words  # also what a condition hides on the screen

    def test_the_filled_sheet_says_what_was_filled_and_takes_no_orders(self, nurse, sheet):
        save(nurse, sheet, "clean", clean="no")
        save(nurse, sheet, "remarks", remarks='#set page(width: 1cm) *粗* $x$ \\" #{sys.inputs}')
        answer = nurse.get(f"/forms/sheets/{sheet.pk}/print/")
        words = words_of(answer)
        assert sheet.number in words
        assert "心血管内科" in words
        assert "−5" in words
        assert "#setpage(width:1cm)*粗*$x$" in words
        assert "#{sys.inputs}" in words
        assert "周小燕" in words

    def test_another_departments_sheet_is_not_printed(self, as_role, hospital, sheet):
        other = as_role("nurse", hospital.departments["GSUR"])
        assert other.get(f"/forms/sheets/{sheet.pk}/print/").status_code == 404


class TestPrograms:
    def test_a_program_gets_the_same_sentences_by_item(self, nurse, card):
        answers = {"oxygen": "99", "sealed": "也许", "nonsense": 1}
        said = json.dumps({"answers": answers, "department_id": card.id})
        answer = nurse.post(f"/forms/api/{CART}/", said, content_type="application/json")
        assert answer.status_code == 422
        errors = answer.json()["errors"]
        assert errors["oxygen"] == "不能大于 25 MPa。"
        assert errors["sealed"] == "请选“是”或“否”。"
        assert errors["nonsense"] == "表里没有条目 nonsense。"
        assert not Sheet.objects.exists()

    def test_a_good_sheet_is_handed_in(self, nurse, card):
        said = {
            "department_id": card.id,
            "period": "2026-11",
            "answers": {
                "observed_on": "2026-11-22", "began": "09:00", "observer": "", "staff": ["nurse"],
                "before_patient": {"n": 8, "m": 10}, "before_clean": "10/10", "after_fluid": "10/10",
                "after_patient": "9/10", "after_surroundings": "7/10", "rub_expired": "yes",
            },
        }  # fmt: skip
        person = Person.objects.create(
            institution_id=card_institution(nurse), staff_number="1", name="观察员"
        )
        said["answers"]["observer"] = person.pk
        answer = nurse.post(
            "/forms/api/hand_hygiene_observation/", json.dumps(said), content_type="application/json"
        )
        assert answer.status_code == 201, answer.content.decode()
        assert answer.json()["total"] == "88.00"

    def test_anything_else_is_a_sentence_too(self, nurse):
        for body in ("[]", "{", '{"answers": 3}', '{"evil": 1}'):
            answer = nurse.post(f"/forms/api/{CART}/", body, content_type="application/json")
            assert answer.status_code == 400
            assert answer.json()["messages"]

    def test_nobody_without_a_session(self, client, db):
        assert client.post(f"/forms/api/{CART}/", "{}", content_type="application/json").status_code == 302


def card_institution(client) -> int:
    return client.user.institution_id


HYGIENE = {
    "观察日期": "2026-11-22", "开始时间": "09:00", "观察者": "G01", "被观察人员": "护士、医师", "接触患者前": "8/10",
    "清洁或无菌操作前": "10/10", "接触患者血液、体液后": "10/10", "接触患者后": "9/10", "接触患者周围环境后": "7/10",
    "速干手消毒剂在开启后有效期内，瓶上写有开启日期": "是",
}  # fmt: skip


def workbook_of(*records) -> BytesIO:
    heads = list(dict.fromkeys(name for record in records for name in record))
    book = Workbook()
    book.active.append(heads)
    for record in records:
        book.active.append([record.get(name) for name in heads])
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    stream.name = "rows.xlsx"
    return stream


class TestImport:
    ADDRESS = "/forms/hand_hygiene_observation/import/"

    @pytest.fixture(autouse=True)
    def observer(self, hospital):
        return Person.objects.create(institution_id=hospital.id, staff_number="G01", name="观察员")

    def test_every_row_becomes_a_sheet(self, nurse, card):
        sent = nurse.post(
            self.ADDRESS,
            {"department": card.id, "file": workbook_of(HYGIENE, HYGIENE | {"接触患者前": "10/10"})},
        )
        assert sent.status_code == 302
        assert [str(sheet.total) for sheet in Sheet.objects.order_by("pk")] == ["88.00", "92.00"]

    def test_one_wrong_cell_keeps_all_rows_out_and_is_named(self, nurse, card):
        wrong = HYGIENE | {
            "接触患者前": "11/10",
            "观察者": "没有此人",
            "速干手消毒剂在开启后有效期内，瓶上写有开启日期": None,
        }
        answer = nurse.post(self.ADDRESS, {"department": card.id, "file": workbook_of(HYGIENE, wrong)})
        page = text(answer)
        assert answer.status_code == 422
        assert "第 3 行" in page
        assert "做到的例数 11 大于观察总数 10。" in page
        assert "请从列表里选。" in page
        assert "这一项还没有填。" in page
        assert not Sheet.objects.exists()

    def test_another_department_and_unknown_columns_are_refused(self, nurse):
        other = text(
            nurse.post(self.ADDRESS, {"department": "", "file": workbook_of(HYGIENE | {"科室": "普通外科"})})
        )
        assert "您不能为这个科室填写" in other
        assert "没有这一列" in text(nurse.post(self.ADDRESS, {"file": workbook_of({"乱写": 1})}))
        assert "不是 .xlsx" in text(nurse.post(self.ADDRESS, {"file": _named(b"abc")}))
        assert not Sheet.objects.exists()

    def test_a_check_stores_nothing(self, nurse, card):
        said = {"department": card.id, "how": "check"}
        answer = nurse.post(self.ADDRESS, said | {"file": workbook_of(HYGIENE)})
        assert answer.status_code == 200
        assert "检查完：1 行都没有问题" in text(answer)
        wrong = HYGIENE | {"接触患者前": "11/10"}
        answer = nurse.post(self.ADDRESS, said | {"file": workbook_of(HYGIENE, wrong)})
        assert "1 行没有问题" in text(answer)
        assert not Sheet.objects.exists()

    def test_sound_rows_are_taken_and_the_others_come_back_with_their_reasons(self, nurse, card):
        wrong = HYGIENE | {"接触患者前": "11/10"}
        said = {"department": card.id, "how": "sound"}
        answer = nurse.post(self.ADDRESS, said | {"file": workbook_of(wrong, HYGIENE, wrong)})
        assert answer.status_code == 200
        assert "已登记 1 份；2 行有问题" in text(answer)
        assert Sheet.objects.count() == 1
        aside = b64decode(re.search(r"base64,([^\"]+)", answer.content.decode())[1])
        page = load_workbook(BytesIO(aside)).worksheets[0]
        assert page.max_row == 3
        assert "做到的例数 11 大于观察总数 10" in page["A2"].value
        column = [cell.value for cell in page[1]].index("接触患者前") + 1
        for row in (2, 3):
            page.cell(row, column).value = "10/10"
        mended = BytesIO()
        page.parent.save(mended)
        assert nurse.post(self.ADDRESS, said | {"file": _named(mended.getvalue())}).status_code == 302
        assert Sheet.objects.count() == 3

    def test_the_template_has_the_heads_that_the_import_takes(self, nurse):
        book = load_workbook(BytesIO(nurse.get("/forms/hand_hygiene_observation/template/").content))
        heads = [cell.value for cell in book.worksheets[0][1]]
        assert set(HYGIENE) <= set(heads)


def _named(content: bytes) -> BytesIO:
    stream = BytesIO(content)
    stream.name = "rows.xlsx"
    return stream


BAD = {
    "observed_on": "昨天", "began": "25:00", "staff": "医生", "before_patient": "11/10", "before_clean": "多",
    "after_fluid": "1/0", "rub_expired": "也许", "facilities": "没有",
}  # fmt: skip


def test_page_import_and_program_say_the_same_about_the_same_answers(nurse, card):
    """One judge: the same wrong answers get the same sentences by item wherever they come in."""
    form_id = "hand_hygiene_observation"
    said = json.dumps({"answers": BAD, "department_id": card.id})
    program = nurse.post(f"/forms/api/{form_id}/", said, content_type="application/json").json()["errors"]

    arrived = nurse.post(f"/forms/{form_id}/import/", {"department": card.id, "file": workbook_of(BAD)})
    rows = {error.item: error.sentence for error in arrived.context["errors"]}

    nurse.post(f"/forms/{form_id}/new/", {"department": card.id})
    sheet = Sheet.objects.get()
    form = queries.definition(sheet)
    typed = dict(BAD)
    for name in ("before_patient", "before_clean", "after_fluid"):
        n, _slash, m = typed.pop(name).partition("/")
        typed |= {f"{name}__n": n, f"{name}__m": m}
    page = nurse.post(f"/forms/sheets/{sheet.pk}/", page_of(sheet, **typed))
    on_page = {name: sentence for name, _number, _text, sentence in page.context["problems"]}

    assert set(on_page) == set(BAD)
    for name, sentence in on_page.items():
        assert program[name] == sentence
        assert rows[form.item(name).text] == sentence
