"""From a hospital's own lists to people who sign in: departments, staff, bodies, roles, strips, first passwords."""

import io
import re
import zipfile
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document
from openpyxl import Workbook

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.audit.models import AuditEvent
from zhikong.foundation.organisation.importing import actions, queries, roles
from zhikong.foundation.organisation.models import (
    Appointment,
    Body,
    DepartmentAlias,
    DepartmentVersion,
    OrganisationImport,
    Person,
)

TODAY = timezone.localdate()
STAFF = (
    ("工号", "姓名", "科室", "职称", "职务", "身份证号", "联系电话"),
    ("D1", "赵一", "心血管内科", "主任医师", "科主任", "110101197003070011", "13900000001"),
    ("D2", "钱二", "心血管内科", "主管护师", "护士长", "110101198003070011", "13900000002"),
    ("D3", "孙三", "心血管内科", "主治医师", "质控员", "110101198503070011", "13900000003"),
    ("D4", "李四", "心血管内科病房", "医师", "", "110101199503070011", ""),
    ("Q1", "王敏", "质控科", "", "科长", "110101198503070022", ""),
    ("D5", "周五", "儿科", "医师", "", "", ""),
    ("D5", "吴六", "儿科", "医师", "", "", ""),
)
GROUP = "心血管内科质控小组"
BODIES = (
    ("组织名称", "姓名", "组织职务"),
    (GROUP, "赵一", "组长"),
    (GROUP, "钱二", "副组长"),
    (GROUP, "孙三", "成员"),
    ("病案管理委员会", "赵一", "主任委员"),
)


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def upload(client, kind, *rows, content=None):
    file = SimpleUploadedFile("名单.xlsx", content or workbook(*rows))
    return client.post("/organisation/import/", {"kind": kind, "on": TODAY, "file": file})


@pytest.fixture
def office(as_role):
    return as_role("quality_office")


@pytest.fixture
def admin(as_role):
    cache.clear()
    return as_role("administrator")


def applied(client, kind, *rows, **decisions):
    """Upload, decide and confirm; gives the import."""
    where = upload(client, kind, *rows)["Location"]
    if decisions:
        client.post(where, {"action": "decide", **decisions})
    assert client.post(where, {"action": "apply"}).status_code == 302
    return OrganisationImport.objects.get(pk=int(where.rstrip("/").rpartition("/")[2]))


@pytest.fixture
def staffed(office, hospital):
    card = hospital.departments["CARD"].id
    return applied(office, "staff", *STAFF, unknown=["心血管内科病房"], means=[str(card)])


def test_the_page_offers_lists_and_templates(office):
    page = office.get("/organisation/import/").content.decode()
    assert "人员与岗位" in page
    answer = office.get("/organisation/import/staff/template/")
    assert zipfile.is_zipfile(io.BytesIO(answer.content))
    assert office.get("/organisation/import/others/template/").status_code == 404


def test_a_physician_imports_nothing(as_role, hospital):
    client = as_role("physician", hospital.departments["CARD"])
    assert upload(client, "staff", *STAFF).status_code == 403
    assert client.get("/organisation/import/").status_code == 403
    assert not OrganisationImport.objects.exists()


def test_what_is_no_list_is_refused_on_the_page(office):
    answer = upload(office, "staff", content=b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert answer.status_code == 400
    assert "旧版 Excel" in answer.content.decode()
    assert not OrganisationImport.objects.exists()


def test_looking_writes_nothing_and_shows_what_would_happen(office):
    where = upload(office, "staff", *STAFF)["Location"]
    page = office.get(where).content.decode()
    assert "心血管内科病房" in page
    assert "周五、吴六" in page
    assert "身份证号" in page  # the column's name, as one that is not read
    assert "110101197003070011" not in page
    assert "赵一（D1）" in office.get(f"{where}?show=new").content.decode()
    assert not Person.objects.exists()
    stored = OrganisationImport.objects.get()
    assert "1101011970" not in str([stored.rows, stored.notes])


def test_confirming_writes_people_posts_and_aliases_once(office, staffed, hospital):
    assert Person.objects.count() == 5
    assert Person.objects.get(staff_number="D1").phone == "13900000001"
    assert Appointment.objects.get(person__staff_number="D1").post == "department_head"
    assert (
        DepartmentAlias.objects.get(alias="心血管内科病房").department_id == hospital.departments["CARD"].id
    )
    assert (staffed.state, staffed.rows, staffed.counts["new"], staffed.counts["held"]) == (
        "applied",
        [],
        5,
        2,
    )
    page = office.get(f"/organisation/import/{staffed.pk}/").content.decode()
    assert "一个工号只能有一个人" in page
    trail = str(list(AuditEvent.objects.values_list("before", "after")))
    assert "13900000001" not in trail
    again = office.get(upload(office, "staff", *STAFF)["Location"]).content.decode()
    assert "没有可以直接导入的行" in again
    assert "确认导入" not in again


def test_a_list_is_confirmed_once(office, staffed):
    answer = office.post(f"/organisation/import/{staffed.pk}/", {"action": "apply"}, follow=True)
    assert "已经导入" in answer.content.decode()
    assert Person.objects.count() == 5


def test_the_missing_are_ended_only_when_ticked(office, staffed):
    rest = STAFF[:4]
    where = upload(office, "staff", *rest)["Location"]
    assert "李四" in office.get(f"{where}?show=missing").content.decode()
    office.post(
        where, {"action": "decide", "show": "missing", "shown": ["left:D4", "left:Q1"], "tick": ["left:D4"]}
    )
    office.post(where, {"action": "apply"})
    assert not Appointment.objects.filter(person__staff_number="D4").exists()  # it began today: it never held
    assert Appointment.objects.get(person__staff_number="Q1").valid_to is None


def test_a_move_keeps_the_old_post_for_its_time(office, staffed, hospital):
    Appointment.objects.filter(person__staff_number="D3").update(valid_from=date(2024, 1, 1))
    applied(office, "staff", STAFF[0], ("D3", "孙三", "儿科", "副主任医师", "", "", ""))
    old, new = Appointment.objects.filter(person__staff_number="D3").order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.valid_to) == (TODAY, TODAY, None)
    assert (new.department_id, new.title) == (hospital.departments["PAED"].id, "副主任医师")


def test_nothing_is_written_when_something_fails_halfway(office, staffed, monkeypatch):
    from zhikong.foundation.organisation.importing import writing

    where = upload(office, "staff", STAFF[0], ("D9", "郑九", "儿科", "医师", "", "", ""))["Location"]
    monkeypatch.setattr(writing, "_begin", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        office.post(where, {"action": "apply"})
    assert not Person.objects.filter(staff_number="D9").exists()


def test_departments_with_wards_aliases_and_changes(office, hospital):
    rows = (
        ("科室代码", "科室名称", "类别", "上级科室", "床位", "别名"),
        ("CARD", "心脏内科", "临床", "", 66, "心内、CCU"),
        ("NEPH-1", "肾内一病区", "病区", "肾内科", 20, ""),
        ("NEPH", "肾内科", "", "", 40, "肾病科"),
        ("X", "某科", "特别", "", 1, ""),
    )
    made = applied(office, "departments", *rows)
    assert made.counts == {"new": 2, "changed": 1, "same": 0, "missing": 5, "left": 0, "held": 1}
    ward = DepartmentVersion.objects.get(name="肾内一病区")
    assert (ward.parent.code, ward.kind, ward.valid_from) == ("NEPH", "ward", date(TODAY.year - 5, 1, 1))
    versions = DepartmentVersion.objects.filter(department__code="CARD").order_by("valid_from")
    assert [(v.name, v.open_beds) for v in versions] == [("心血管内科", 60), ("心脏内科", 66)]
    aliases = set(DepartmentAlias.objects.values_list("alias", flat=True))
    assert {"心内", "CCU", "肾病科", "心血管内科"} <= aliases
    assert applied(office, "departments", *rows[:4]).counts["same"] == 3


@pytest.mark.proves("ORG-03", "ORG-06", "ORG-09")
def test_bodies_with_seats_and_the_incomplete_only_when_accepted(office, staffed, hospital):
    where = upload(office, "committees", *BODIES)["Location"]
    page = office.get(where).content.decode()
    assert "缺秘书" in page
    name = "病案管理委员会"
    office.post(
        where, {"action": "decide", "show": "held", "shown": [f"accept:{name}"], "tick": [f"accept:{name}"]}
    )
    office.post(where, {"action": "apply"})
    group = Body.objects.get(kind="qc_group")
    assert (group.department_id, group.memberships.count()) == (hospital.departments["CARD"].id, 3)
    assert Body.objects.get(kind="record_committee").name == name
    assert applied(office, "committees", *BODIES[:4]).counts["same"] == 1


# ---- roles ----------------------------------------------------------------------------------------------------------


def test_roles_follow_posts_whole_hospital_ones_one_by_one(admin, office, staffed, hospital):
    assert office.get("/organisation/import/roles/").status_code == 403
    page = admin.get("/organisation/import/roles/").content.decode()
    assert "请逐个确认" in page
    admin.post(
        "/organisation/import/roles/",
        {"role": ["department_head", "head_nurse", "physician", "quality_office"]},
    )
    granted = RoleAssignment.objects.filter(user__person__isnull=False)
    assert sorted(granted.values_list("user__username", "role")) == [
        ("D1", "department_head"),
        ("D2", "head_nurse"),
        ("D4", "physician"),
    ]
    assert not User.objects.get(username="D1").has_usable_password()
    [wide] = [p for p in roles.proposals(on=TODAY) if p.whole_hospital]
    admin.post("/organisation/import/roles/", {"key": [wide.key]})
    assert granted.get(user__username="Q1").department_id is None


def test_accounts_are_found_by_name_and_stand_on_pages(admin, staffed, hospital):
    User.objects.bulk_create(
        User(username=f"m{n:03}", institution_id=hospital.id, last_name="郑", first_name=str(n))
        for n in range(60)
    )
    first = admin.get("/access/accounts/").content.decode()
    assert "m059" not in first
    assert "m059" in admin.get("/access/accounts/?page=2").content.decode()
    found = admin.get("/access/accounts/?q=郑59").content.decode()
    assert ("m059" in found, "m058" in found) == (True, False)
    assert "没有符合条件的账号" in admin.get("/access/accounts/?q=无此人").content.decode()


def test_accounts_of_those_who_left_are_proposed_for_closing(admin, staffed):
    admin.post("/organisation/import/roles/", {"role": ["physician"]})
    Appointment.objects.filter(person__staff_number="D4").update(
        valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1)
    )
    assert "已离任但账号仍启用" in admin.get("/organisation/import/roles/").content.decode()
    user = User.objects.get(username="D4")
    admin.post("/organisation/import/roles/", {"action": "lock", "user": [user.pk]})
    assert not User.objects.get(pk=user.pk).is_active


# ---- first passwords ------------------------------------------------------------------------------------------------


@pytest.fixture
def printed(admin, staffed, hospital):
    """The strips of cardiology as Word: user name → password."""
    admin.post("/organisation/import/roles/", {"role": ["department_head", "physician"]})
    card = hospital.departments["CARD"].id
    answer = admin.post("/access/first-passwords/slips/", {"department": [card], "format": "word"})
    document = Document(io.BytesIO(answer.content))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return {name: password for _holder, name, password in cells[1::2]}


def sign_in(client, name, password):
    return client.post("/account/login/", {"login": name, "password": password})


def test_each_gets_a_password_of_his_own_that_is_stored_nowhere(admin, printed):
    assert set(printed) == {"D1", "D4"}
    assert all(re.fullmatch(r"([a-hj-km-np-z2-9]{5}-){2}[a-hj-km-np-z2-9]{5}", p) for p in printed.values())
    assert len(set(printed.values())) == 2
    stored = str(list(User.objects.values())) + str(list(AuditEvent.objects.values("before", "after")))
    assert not any(password in stored for password in printed.values())
    issued = AuditEvent.objects.get(subject="access.first_passwords")
    assert (issued.user_id, issued.after["count"]) == (admin.user.pk, 2)
    again = admin.post("/access/first-passwords/slips/", {"department": ["0"]}, follow=True)
    assert "没有需要发放的账号" in again.content.decode()


def test_the_first_login_leads_to_one_page(client, printed):
    assert sign_in(client, "D1", printed["D1"])["Location"] == "/"
    for path in ("/", "/access/me/", "/organisation/"):
        assert client.get(path)["Location"] == "/account/password/change/"
    htmx = client.get("/tasks/", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/account/password/change/")
    there = {"HX-Request": "true", "HX-Current-URL": "http://testserver/account/password/change/"}
    assert "HX-Redirect" not in client.get("/tasks/", headers=there)
    api = client.get("/tasks/", headers={"Accept": "application/json"})
    assert (api.status_code, "初始密码" in api.json()["error"]) == (403, True)
    assert client.get("/alive").status_code == 200
    assert (
        client.get("/speak/").status_code != 302
    )  # reporting without a name does not ask whose session it is
    assert "请设置自己的密码" in client.get("/account/password/change/").content.decode()


def change(client, old, new):
    return client.post("/account/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def test_after_the_change_everything_is_open_and_the_strip_is_void(client, printed):
    old, new = printed["D1"], "Lang-genug-2026"
    sign_in(client, "D1", old)
    assert "不能与初始密码相同" in change(client, old, old).content.decode()
    assert change(client, old, new)["Location"] == "/"
    assert client.get("/access/me/").status_code == 200
    client.post("/account/logout/")
    assert sign_in(client, "D1", old).status_code == 200
    assert sign_in(client, "D1", new).status_code == 302
    assert client.get("/access/me/").status_code == 200


def test_an_old_strip_opens_nothing_and_a_session_ends_with_it(client, printed):
    sign_in(client, "D1", printed["D1"])
    User.objects.filter(username="D1").update(password_expires_at=timezone.now() - timedelta(minutes=1))
    assert client.get("/access/me/")["Location"] == "/account/login/"
    answer = sign_in(client, "D1", printed["D1"])
    assert answer["Location"] == "/account/login/"
    assert "已过有效期" in client.get("/account/login/").content.decode()
    assert client.get("/access/me/")["Location"].startswith("/account/login/")


def test_a_lost_strip_is_replaced_and_void(admin, client, printed):
    user = User.objects.get(username="D4")
    answer = admin.post("/access/first-passwords/slips/", {"user": [user.pk], "format": "pdf"})
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert sign_in(client, "D4", printed["D4"]).status_code == 200
    assert not User.objects.get(username="D4").check_password(printed["D4"])


def test_only_the_administrator_prints(office, printed):
    assert office.get("/access/first-passwords/").status_code == 403
    assert office.post("/access/first-passwords/slips/", {"department": ["0"]}).status_code == 403


def test_the_page_tells_how_far_it_got(admin, printed):
    page = admin.get("/access/first-passwords/").content.decode()
    assert "已发放，未登录" in page
    assert "心血管内科" in page
    user = User.objects.get(username="D1")
    people = admin.get(f"/access/first-passwords/?department={user.person.appointments.get().department_id}")
    assert "赵一" in people.content.decode()


def test_a_reset_by_the_administrator_is_a_first_password_too(admin, client, printed):
    user = User.objects.get(username="D1")
    page = admin.post(f"/access/accounts/{user.pk}/password/").content.decode()
    shown = re.search(r"<strong>([a-z0-9-]{17})</strong>", page).group(1)
    sign_in(client, "D1", shown)
    assert client.get("/access/me/")["Location"] == "/account/password/change/"


# ---- what commands use ----------------------------------------------------------------------------------------------


def test_a_command_takes_what_needs_no_decision(hospital, tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook(*STAFF))
    now = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.get_current_timezone())
    made = actions.load(by=None, now=now, kind="staff", path=path, name="list.xlsx", accept=True)
    assert (made.counts["new"], len(made.proposal.held), made.proposal.unknown) == (5, 2, [])
    assert queries.last_imports()["staff"].state == "applied"
    assert actions.load(by=None, now=now, kind="staff", path=path, name="list.xlsx").counts["same"] == 5
