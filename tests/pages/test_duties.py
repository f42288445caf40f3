"""The pages of recurring duties: the matrix, one's own, one occurrence with its evidence, the committees' register."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages.conftest import NOW
from tests.unit.foundation.duties.conftest import pack  # noqa: F401
from zhikong.foundation.duties import actions, evidence, queries
from zhikong.foundation.duties.models import Occurrence, Proof
from zhikong.foundation.organisation.models import Body

MONDAY = NOW.replace(day=16)
TODAY = date(2026, 11, 22)  # a Sunday: the week's Friday has passed


@pytest.fixture
def story(hospital, pack, office, head, at_noon):  # noqa: F811
    """A committee and four duties, opened on Monday; on Sunday the weekly one is missing."""
    Body.objects.create(
        institution_id=hospital.id,
        kind="quality_committee",
        name="医疗质量管理委员会",
        valid_from=date(2020, 1, 1),
    )
    actions.open_occurrences(now=MONDAY)
    return {
        o.duty_id: o
        for o in Occurrence.objects.filter(place_name__in=("心血管内科", "医疗质量管理委员会", "全院"))
    }


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_matrix_shows_departments_by_duty_and_the_rest(story, office):
    page = text(office.get("/duties/"))
    assert "2026 年 11 月" in page
    assert page.count("科室每月自查") >= 1
    assert "儿科" in page
    assert "月度结账" in page  # the hospital's
    weekly = text(office.get("/duties/?every=week"))
    assert "没有证据" in weekly
    assert "/duties/?period=2026-W46" in weekly or "?period=2026-W46" in weekly


def test_the_matrix_narrows_to_a_state(story, office):
    assert "心血管内科" in text(office.get("/duties/?period=2026-W47&state=missing"))
    assert "没有这种状态的科室" in text(office.get("/duties/?period=2026-W47&state=done"))


def test_a_period_that_is_none_is_not_found(story, office):
    assert office.get("/duties/?period=2026-W99").status_code == 404
    assert office.get("/duties/?period=soon").status_code == 404


def test_a_period_before_the_start_explains_itself(story, office):
    assert "还没有到这个周期，或系统在这一期之后才启用" in text(office.get("/duties/?period=2024-01"))


def test_a_head_sees_the_own_department_only(story, head):
    page = text(head.get("/duties/"))
    assert "心血管内科" in page
    assert "儿科" not in page
    assert "全院与委员会" not in page


def test_who_does_not_look_at_duties_is_refused(story, as_role):
    assert as_role("administrator").get("/duties/").status_code == 403


def test_mine_has_the_tasks_and_the_office_sees_what_is_missing(story, office, head):
    page = text(head.get("/duties/mine/"))
    assert "每周巡查" in page
    assert "每周一次：本周周五前，即 2026-11-20" in page
    assert "到期没有证据" not in page
    assert "每周巡查" in text(office.get("/duties/mine/")).split("到期没有证据</h2>")[1]


@pytest.mark.proves("ORG-05")
def test_a_meeting_is_linked_with_its_minutes_and_the_register_shows_it(story, office):
    meeting = story["committee_meeting"]
    blank = text(office.get(f"/duties/{meeting.pk}/"))
    assert "还没有证据" in blank
    assert 'value="2026-11-22"' in blank  # today
    minutes = SimpleUploadedFile("minutes.txt", "会议记录".encode(), content_type="text/plain")
    answer = office.post(
        f"/duties/{meeting.pk}/prove/",
        {
            "kind": "meeting",
            "title": "第四季度会议",
            "dated_on": "2026-11-20",
            "text": "到会 9 人",
            "files_upload": minutes,
        },
    )
    assert answer.status_code == 302
    page = text(office.get(f"/duties/{meeting.pk}/"))
    assert "第四季度会议" in page
    assert "minutes.txt" in page
    assert "1/2" in page
    register = text(office.get("/duties/committees/"))
    assert "医疗质量管理委员会" in register
    assert "第四季度会议" in register


def test_the_office_sees_which_departments_have_nobody(story, office, head):
    assert "儿科（1）、普通外科（1）" in text(office.get("/duties/mine/"))
    assert "没有可布置的账号" not in text(head.get("/duties/mine/"))


def test_wrong_evidence_keeps_what_was_typed_and_says_why(story, office):
    page = text(
        office.post(
            f"/duties/{story['committee_meeting'].pk}/prove/",
            {"kind": "meeting", "title": "第四季度会议", "dated_on": "2026-12-01"},
        )
    )
    assert "证据的日期不能晚于今天" in page
    assert "第四季度会议" in page
    assert not Proof.objects.exists()


def test_evidence_is_taken_back_with_a_reason(story, office):
    meeting = story["committee_meeting"]
    office.post(
        f"/duties/{meeting.pk}/prove/", {"kind": "meeting", "title": "别处的会议", "dated_on": "2026-11-20"}
    )
    proof = Proof.objects.get()
    answer = office.post(f"/duties/proofs/{proof.pk}/withdraw/", {"reason": ""}, follow=True)
    assert "必须写明理由" in text(answer)
    office.post(f"/duties/proofs/{proof.pk}/withdraw/", {"reason": "登记到了别的委员会"})
    assert "登记到了别的委员会" in text(office.get(f"/duties/{meeting.pk}/"))


def test_the_office_excuses_and_takes_it_back(story, office, head):
    weekly = story["weekly_round"]
    assert head.post(f"/duties/{weekly.pk}/excuse/", {"excuse-reason": "忙"}).status_code == 403
    assert "免报必须写明理由" in text(office.post(f"/duties/{weekly.pk}/excuse/", {"excuse-reason": "忙"}))
    office.post(f"/duties/{weekly.pk}/excuse/", {"excuse-reason": "病区装修停诊"})
    assert "病区装修停诊" in text(head.get(f"/duties/{weekly.pk}/"))
    office.post(f"/duties/{weekly.pk}/restore/")
    weekly.refresh_from_db()
    assert weekly.excused_at is None


def test_another_departments_occurrence_is_not_found(story, head):
    other = Occurrence.objects.get(duty_id="monthly_self_check", place_name="儿科")
    assert head.get(f"/duties/{other.pk}/").status_code == 404
    assert head.post(f"/duties/{other.pk}/prove/", {}).status_code == 404


def test_history_says_what_is_demanded_where_it_is_written_and_how_it_was_kept(story, office):
    page = text(office.get("/duties/of/weekly_round/"))
    for words in ("每周一次", "000-P4 L218", "护士长", "2026-W47", "本周周五前"):
        assert words in page
    assert office.get("/duties/of/no_such_duty/").status_code == 404


def test_work_that_can_be_begun_here_is_begun(story, head):
    started = []

    def start(occurrence, ref, *, by, now):
        started.append((occurrence.pk, ref, by))
        return "/duties/mine/"

    weekly = story["weekly_round"]
    known = evidence.find("form", "")
    evidence.register(evidence.EvidenceKind("form", start=start, title_of=lambda ref: "急救车检查表"))
    try:
        assert "去填写：急救车检查表" in text(head.get(f"/duties/{weekly.pk}/"))
        assert head.post(f"/duties/{weekly.pk}/start/").status_code == 302
        assert started == [(weekly.pk, "crash_cart_round", head.user)]
    finally:
        evidence.unregister("form")
        if known:
            evidence.register(known)
    meeting = story["close_the_month"]
    assert head.post(f"/duties/{meeting.pk}/start/").status_code == 404  # not in the head's scope


def test_the_home_page_names_what_is_missing(story, head):
    assert "到期没有证据的职责" in text(head.get("/"))
    assert queries.missing(today=TODAY).count() == 1


class TestTheYear:
    """The year's calendar: what was opened and what is to come, for whom, on which day and why."""

    def test_the_month_shows_what_is_to_come_and_the_list_below(self, story, office):
        page = text(office.get("/duties/year/?year=2026&month=12"))
        assert "2026 年日历" in page
        assert "科室每月自查" in page
        assert "每周巡查" in page
        assert page.count("/duties/year/weekly_round/2026-W50/d") >= 2  # in the grid and in the list

    def test_what_is_missing_stands_on_its_due_date(self, story, office):
        page = text(office.get("/duties/year/?year=2026&day=2026-11-20"))
        assert "没有证据" in page

    def test_the_places_by_month(self, story, office):
        page = text(office.get("/duties/year/places/?year=2026"))
        assert "心血管内科" in page
        assert "医疗质量管理委员会" in page

    def test_a_day_is_set_by_hand_kept_and_released(self, story, office):
        where = "/duties/year/monthly_self_check/2026-12/" + story["monthly_self_check"].place + "/"
        assert "改到另一天" in text(office.get(where))
        refused = office.post(f"{where}set/", {"on": "2027-01-09", "reason": "合并进行"})
        assert refused.status_code == 400
        assert "只能安排在 2027-01-01 到 2027-01-08 之间" in refused.content.decode()
        holiday = office.post(f"{where}set/", {"on": "2027-01-02", "reason": "合并进行"})
        assert "休息，请选工作日" in holiday.content.decode()
        office.post(f"{where}set/", {"on": "2027-01-05", "reason": "与院感检查合并"})
        assert "设定：与院感检查合并" in text(office.get(where))
        assert "2027-01-05" in text(office.get("/duties/year/?year=2027&month=1"))
        office.post(f"{where}release/")
        assert "与院感检查合并" not in text(office.get(where))

    def test_the_workbook_and_the_phones_calendar(self, story, office):
        from io import BytesIO

        from openpyxl import load_workbook

        book = load_workbook(BytesIO(office.get("/duties/year/calendar.xlsx?year=2026").content))
        assert book.sheetnames == ["2026 年职责", "活动、会议与主题", "每人负荷"]
        titles = [row[2] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
        assert titles.count("月度结账") == 1  # November's is due in December, December's in the next year
        lines = office.get("/duties/year/calendar.ics?year=2026").content.decode().split("\r\n")
        assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
        assert max(len(line.encode()) for line in lines) <= 75
        unfolded = "\r\n".join(lines).replace("\r\n ", "")
        assert unfolded.count("BEGIN:VEVENT") == unfolded.count("END:VEVENT") > 10
        assert "SUMMARY:月度结账（全院）" in unfolded

    def test_a_department_sees_its_own_and_whoever_may_not_is_refused(self, story, head, as_role, hospital):
        page = text(head.get("/duties/year/?year=2026&month=12"))
        assert "科室每月自查" in page
        assert "/duties/year/close_the_month/" not in page
        assert head.get("/duties/year/close_the_month/2026-12/h/").status_code == 404
        doctor = as_role("physician", hospital.departments["CARD"])
        assert doctor.get("/duties/year/").status_code == 403

    @pytest.mark.parametrize("query", ["year=1900", "month=13", "day=soon", "year=二〇二六"])
    def test_what_is_no_month_is_not_found(self, story, office, query):
        assert office.get(f"/duties/year/?{query}").status_code == 404
