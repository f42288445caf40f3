from zhikong.foundation.calendar.models import CalendarDay


def test_quality_office_sets_a_day_and_takes_it_back(as_role):
    client = as_role("quality_office")
    page = client.get("/calendar/2027/")
    assert page.status_code == 200
    answer = client.post(
        "/calendar/2027/", {"day": "2027-03-03", "working": "False", "note": "院庆"}, follow=True
    )
    assert "院庆" in answer.content.decode()
    day = CalendarDay.objects.get()
    assert not day.working
    client.post(f"/calendar/days/{day.pk}/unset/")
    assert not CalendarDay.objects.exists()


def test_physician_looks_but_does_not_edit(as_role, hospital):
    client = as_role("physician", hospital.departments["CARD"])
    assert "设定某一天" not in client.get("/calendar/2026/").content.decode()
    answer = client.post("/calendar/2026/", {"day": "2026-12-01", "working": "False", "note": "我想休息"})
    assert answer.status_code == 403
    assert not CalendarDay.objects.exists()
