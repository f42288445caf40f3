"""The demo's campaign and self-assessment can be told by the demo's own accounts, once."""

from django.utils import timezone

from zhikong.hospital.functions.accreditation.models import Clause
from zhikong.hospital.functions.campaigns.models import Campaign
from zhikong.site.demo import campaigns_story


def test_the_story_is_told_once_and_its_pages_open(as_role, hospital):
    office = as_role("quality_office", username="zhikong", name="王敏")
    as_role("department_head", hospital.departments["CARD"], username="keshi", name="李建国")
    now = timezone.now()
    assert campaigns_story.tell(now=now)
    assert not campaigns_story.tell(now=now)
    assert Clause.objects.exclude(rating="").count() == 3
    page = office.get(Campaign.objects.get().get_absolute_url()).content.decode()
    assert "规范查体大比武" in page
    assert "一等奖" in page
    assert office.get(Clause.objects.get(code="2.2.2.4").get_absolute_url()).status_code == 200
