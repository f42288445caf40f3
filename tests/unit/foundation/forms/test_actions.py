"""A sheet's life: opened, filled by two people at once, signed, handed in, returned with its history, accepted."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.forms import actions, queries
from zhikong.foundation.forms.models import Sheet, SheetEdit
from zhikong.foundation.forms.rules import State
from zhikong.foundation.outbox.models import Announcement
from zhikong.foundation.tasks.models import Task

from .conftest import CART, GOOD, NOW, sign


def test_a_sheet_is_numbered_and_knows_its_version_and_place(cart, people):
    assert cart.number == "JJC-2026-0001"
    assert (cart.department_name, cart.state, cart.definition_version) == ("心血管内科", State.DRAFT, 1)
    again = actions.open_sheet(by=people.nurse, now=NOW, form_id=CART, department_id=people.department.id)
    assert again.number == "JJC-2026-0002"


def test_only_the_roles_of_the_form_fill_it_and_only_in_their_department(people):
    for person, department in (
        (people.physician, people.department),
        (people.other_nurse, people.department),
        (people.nursing, people.department),
    ):
        with pytest.raises(PermissionDenied, match="填写"):
            actions.open_sheet(by=person, now=NOW, form_id=CART, department_id=department.id)


def test_a_form_about_a_department_needs_one(people):
    with pytest.raises(ValidationError, match="请选择科室"):
        actions.open_sheet(by=people.nurse, now=NOW, form_id=CART)
    with pytest.raises(ValidationError, match="没有表单"):
        actions.open_sheet(by=people.nurse, now=NOW, form_id="nothing", department_id=people.department.id)
    with pytest.raises(ValidationError, match="期间"):
        actions.open_sheet(
            by=people.nurse, now=NOW, form_id=CART, department_id=people.department.id, period="十月"
        )


def test_an_answer_is_stored_at_once_with_who_and_when(cart, people):
    saved = actions.save_item(cart, by=people.nurse, now=NOW, item="sealed", value="是", revision=0)
    assert saved.changed == {"sealed"}
    assert queries.answers(Sheet.objects.get(pk=cart.pk)) == {"sealed": "yes"}
    edit = SheetEdit.objects.get(sheet=cart)
    assert (edit.item, edit.value, edit.by, edit.revision) == ("sealed", "yes", people.nurse, 1)
    assert (cart.filled, str(cart.points)) == (1, "10.00")


def test_a_wrong_answer_is_told_and_not_stored(cart, people):
    saved = actions.save_item(cart, by=people.nurse, now=NOW, item="oxygen", value="满", revision=0)
    assert saved.errors == {"oxygen": "请填数字。"}
    assert "oxygen" not in cart.answers
    assert not saved.changed


def test_what_a_condition_hides_is_not_kept(cart, people):
    actions.save_answers(cart, by=people.nurse, now=NOW, raw={"sealed": "no", "opened_why": "rescue"})
    assert cart.answers["opened_why"] == "rescue"
    saved = actions.save_item(cart, by=people.nurse, now=NOW, item="sealed", value="yes", revision=1)
    assert saved.changed == {"sealed", "opened_why"}
    assert "opened_why" not in cart.answers


class TestTwoAtOnce:
    def test_a_newer_answer_of_another_is_shown_and_not_overwritten(self, cart, people):
        actions.save_item(cart, by=people.nurse, now=NOW, item="clean", value="no", revision=0)
        saved = actions.save_item(cart, by=people.nurse_two, now=NOW, item="clean", value="yes", revision=0)
        assert saved.conflicts["clean"].value == "no"
        assert saved.conflicts["clean"].by == people.nurse
        assert cart.answers["clean"] == "no"

    def test_who_has_seen_it_may_decide(self, cart, people):
        actions.save_item(cart, by=people.nurse, now=NOW, item="clean", value="no", revision=0)
        saved = actions.save_item(cart, by=people.nurse_two, now=NOW, item="clean", value="yes", revision=1)
        assert not saved.conflicts
        assert cart.answers["clean"] == "yes"

    def test_different_items_never_disturb_each_other(self, cart, people):
        actions.save_item(cart, by=people.nurse, now=NOW, item="clean", value="yes", revision=0)
        saved = actions.save_item(cart, by=people.nurse_two, now=NOW, item="sealed", value="yes", revision=0)
        assert not saved.conflicts
        assert cart.answers == {"clean": "yes", "sealed": "yes"}

    def test_the_same_answer_twice_is_no_quarrel(self, cart, people):
        actions.save_item(cart, by=people.nurse, now=NOW, item="oxygen", value="12.5", revision=0)
        saved = actions.save_item(
            cart, by=people.nurse_two, now=NOW, item="oxygen", value="12.50", revision=0
        )
        assert not saved.conflicts

    def test_one_person_typing_fast_has_no_quarrel_with_oneself(self, cart, people):
        actions.save_item(cart, by=people.nurse, now=NOW, item="oxygen", value="1", revision=0)
        saved = actions.save_item(cart, by=people.nurse, now=NOW, item="oxygen", value="12", revision=0)
        assert not saved.conflicts
        assert cart.answers["oxygen"] == 12.0


class TestSignature:
    def test_it_takes_the_password_of_who_signs(self, cart, people):
        people.nurse.set_password("Kaoqin-2026-qm")
        with pytest.raises(ValidationError, match="密码不对"):
            actions.sign(cart, by=people.nurse, now=NOW, item="signature", password="falsch")
        assert "signature" not in cart.answers

    def test_it_says_who_and_when(self, cart, people):
        sign(cart, people.nurse)
        assert cart.answers["signature"] == {
            "user": people.nurse.pk, "name": "周小燕", "at": "2026-11-22T14:03+08:00",
        }  # fmt: skip

    def test_nobody_can_write_one_into_the_answers(self, cart, people):
        forged = {"user": people.head_nurse.pk, "name": "陈晓红", "at": "2026-11-22T14:03+08:00"}
        saved = actions.save_answers(cart, by=people.nurse, now=NOW, raw={"signature": forged})
        assert "signature" in saved.errors
        assert "signature" not in cart.answers

    def test_another_answer_takes_it_away(self, filled, people):
        actions.save_item(filled, by=people.nurse, now=NOW, item="clean", value="no", revision=None)
        assert "signature" not in filled.answers


class TestHandingIn:
    def test_what_is_missing_is_said_beside_each_item(self, cart, people):
        with pytest.raises(actions.Incomplete) as refused:
            actions.submit(cart, by=people.nurse, now=NOW)
        assert refused.value.errors["sealed"] == "这一项还没有填。"
        assert "opened_why" not in refused.value.errors  # hidden, so not asked
        assert Sheet.objects.get(pk=cart.pk).state == State.DRAFT

    def test_a_full_sheet_is_scored_and_announced(self, filled, people):
        actions.submit(filled, by=people.nurse, now=NOW)
        assert (filled.state, str(filled.total), filled.passed) == (State.SUBMITTED, "100.00", True)
        told = Announcement.objects.get(fact="sheet_submitted").payload
        assert told == {
            "sheet_id": filled.pk, "form_id": CART, "department_id": people.department.id, "period": "",
            "source_kind": "", "source_key": "",
        }  # fmt: skip

    def test_a_no_with_a_veto_fails_the_sheet_and_asks_for_a_picture(self, filled, people):
        actions.save_item(filled, by=people.nurse, now=NOW, item="defibrillator", value="no", revision=None)
        sign(filled, people.nurse)
        with pytest.raises(actions.Incomplete) as refused:
            actions.submit(filled, by=people.nurse, now=NOW)
        assert refused.value.errors == {"defibrillator": "请附上照片或文件作为证据。"}
        assert (filled.passed, filled.vetoes) == (False, 1)

    def test_after_that_nobody_changes_it(self, filled, people):
        actions.submit(filled, by=people.nurse, now=NOW)
        with pytest.raises(ValidationError, match="不能再改"):
            actions.save_item(filled, by=people.nurse, now=NOW, item="clean", value="no", revision=None)
        with pytest.raises(ValidationError, match="不能提交"):
            actions.submit(filled, by=people.nurse, now=NOW)


class TestDeciding:
    def test_a_returned_sheet_keeps_what_was_handed_in(self, filled, people):
        actions.submit(filled, by=people.nurse, now=NOW)
        actions.return_sheet(filled, by=people.nursing, now=NOW, reason="肾上腺素效期与实物不符")
        actions.save_item(filled, by=people.nurse, now=NOW, item="clean", value="no", revision=None)
        first = filled.steps.get(act="submit")
        assert first.answers["clean"] == "yes"
        assert str(first.total) == "100.00"
        assert queries.returned_with(filled) == "肾上腺素效期与实物不符"
        sign(filled, people.nurse)
        actions.submit(filled, by=people.nurse, now=NOW)
        assert str(filled.total) == "95.00"
        acts = [step.act for step in filled.steps.order_by("pk")]
        assert acts == ["open", "sign", "submit", "return", "sign", "submit"]

    def test_a_returned_sheet_is_a_task_until_it_is_handed_in_again(self, filled, people):
        actions.submit(filled, by=people.nurse, now=NOW)
        actions.return_sheet(filled, by=people.nursing, now=NOW, reason="请核对效期")
        task = Task.objects.get(owner=people.nurse, state="open")
        assert task.due_on == date(2026, 11, 25)  # from Sunday the 22nd
        assert "3 个工作日" in task.due_reason
        actions.submit(filled, by=people.nurse, now=NOW)
        task.refresh_from_db()
        assert task.state == "done"

    def test_a_return_says_why(self, filled, people):
        actions.submit(filled, by=people.nurse, now=NOW)
        with pytest.raises(ValidationError, match="原因"):
            actions.return_sheet(filled, by=people.nursing, now=NOW, reason=" ")

    def test_only_owner_and_checker_of_the_form_decide(self, filled, people):
        actions.submit(filled, by=people.nurse, now=NOW)
        with pytest.raises(PermissionDenied, match="护理部、质控科审核"):
            actions.accept(filled, by=people.head_nurse, now=NOW)
        actions.accept(filled, by=people.office, now=NOW)
        assert (filled.state, filled.decided_by) == (State.ACCEPTED, people.office)

    def test_a_withdrawn_sheet_leaves_the_register_with_its_reason(self, cart, people):
        with pytest.raises(PermissionDenied, match="作废"):
            actions.withdraw(cart, by=people.nurse_two, now=NOW, reason="重复")
        actions.withdraw(cart, by=people.nurse, now=NOW, reason="重复填写")
        assert list(queries.sheets(form_id=CART)) == []
        assert cart.steps.get(act="withdraw").text == "重复填写"


class TestEnteredAtOnce:
    def test_the_errors_are_those_of_the_page_and_nothing_stays(self, people):
        bad = GOOD | {"oxygen": "30", "sealed": "也许", "unknown": 1}
        with pytest.raises(actions.Incomplete) as refused:
            actions.enter_sheet(
                by=people.nurse, now=NOW, form_id=CART, answers=bad, department_id=people.department.id
            )
        assert refused.value.errors == {
            "oxygen": "不能大于 25 MPa。",
            "sealed": "请选“是”或“否”。",
            "unknown": "表里没有条目 unknown。",
            "signature": "这一项还没有填。",
        }
        assert not Sheet.objects.exists()


class TestVersions:
    @pytest.fixture
    def publish(self, people):
        """publish(change) → the crash cart's form with changed text is in force from today on."""
        from zhikong.foundation.packstore import actions as store
        from zhikong.foundation.packstore import queries as packs

        def make(change):
            base = packs.resolve("form", CART, on=NOW.date())
            version = store.save_draft(
                by=people.office,
                now=NOW,
                kind="form",
                definition_id=CART,
                text=change(base.text),
                based_on=base,
            )
            store.submit_for_review(version, by=people.office, now=NOW, reason="按护理部会议要求")
            store.review(version, by=people.nursing, now=NOW, passed=True)
            store.publish(version, by=people.office, now=NOW, effective_from=NOW.date())

        return make

    def test_an_open_sheet_keeps_its_version_and_new_ones_take_the_new_one(self, filled, people, publish):
        publish(lambda text: text.replace("id: clean", "id: tidy").replace("version: 1", "version: 2", 1))
        assert queries.definition(filled).item("clean")
        actions.save_item(filled, by=people.nurse, now=NOW, item="clean", value="no", revision=None)
        sign(filled, people.nurse)
        actions.submit(filled, by=people.nurse, now=NOW)
        assert str(filled.total) == "95.00"
        fresh = actions.open_sheet(by=people.nurse, now=NOW, form_id=CART, department_id=people.department.id)
        assert fresh.definition_hash != filled.definition_hash
        assert queries.definition(fresh).item("tidy")

    def test_the_register_shows_both(self, filled, people, publish, client):
        publish(lambda text: text.replace("version: 1", "version: 2", 1).replace("车身清洁", "车内外清洁"))
        fresh = actions.open_sheet(by=people.nurse, now=NOW, form_id=CART, department_id=people.department.id)
        client.force_login(people.nurse, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = client.get(f"/forms/{CART}/").content.decode()
        assert filled.number in page
        assert fresh.number in page


class TestConfidential:
    """What was filled for a confidential case is read by whoever may read the case, in code and in the database."""

    def seen_by(self, hospital, sheet, user):
        with scoped(scope_of(user, NOW.date())):
            first_wall = Sheet.objects.filter(pk=sheet.pk).exists()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM forms_sheet WHERE id = %s", [sheet.pk])
                second_wall = bool(cursor.fetchone()[0])
                cursor.execute("SELECT count(*) FROM forms_sheetstep WHERE sheet_id = %s", [sheet.pk])
                assert bool(cursor.fetchone()[0]) == second_wall
        assert first_wall == second_wall
        return first_wall

    def test_only_who_opened_it_reads_it_until_others_are_let_in(self, hospital, people):
        sheet = actions.open_sheet(
            by=people.nurse,
            now=NOW,
            form_id=CART,
            department_id=people.department.id,
            case_id=7,
            confidential=True,
        )
        assert self.seen_by(hospital, sheet, people.nurse)
        assert not self.seen_by(hospital, sheet, people.nurse_two)
        assert not self.seen_by(hospital, sheet, people.nursing)
        actions.let_in(
            case_id=7,
            confidential=True,
            readers=[people.nurse.pk, people.physician.pk],
            reader_roles=["nursing"],
        )
        assert self.seen_by(hospital, sheet, people.physician)
        assert self.seen_by(hospital, sheet, people.nursing)
        assert not self.seen_by(hospital, sheet, people.office)

    def test_who_took_part_reads_on_from_another_department(self, hospital, cart, people):
        assert not self.seen_by(hospital, cart, people.other_nurse)
        Sheet.objects.filter(pk=cart.pk).update(case_id=8)
        actions.let_in(case_id=8, confidential=False, readers=[people.other_nurse.pk], reader_roles=[])
        assert self.seen_by(hospital, cart, people.other_nurse)
        assert self.seen_by(hospital, cart, people.nurse_two)  # the department rule holds as before
