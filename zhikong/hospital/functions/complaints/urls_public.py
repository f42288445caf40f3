"""Addresses for people without an account: families who complain, follow, and read what the procedure is."""

from django.urls import path

from zhikong.hospital.functions.complaints.views.intake import voice

PREFIX = "voice"  # where the site puts them: /voice/…
app_name = "voice"

urlpatterns = [
    path("", voice.start, name="start"),
    path("p/<slug:token>/", voice.place, name="place"),
    path("new/", voice.new, name="new"),
    path("follow/", voice.follow, name="follow"),
    path("notice/", voice.notice, name="notice"),
]
