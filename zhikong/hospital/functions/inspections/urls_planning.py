"""Addresses of planning."""

from django.urls import path

from zhikong.hospital.functions.inspections.views.planning import calendar, places, programmes, rounds, visits

urlpatterns: list = [
    path("", programmes.listed, name="programmes"),
    path("programmes/adopt/<slug:definition_id>/", programmes.adopt, name="programme_adopt"),
    path("programmes/<int:pk>/", programmes.page, name="programme"),
    path("programmes/<int:pk>/end/", programmes.end, name="programme_end"),
    path("programmes/<int:pk>/plan/", rounds.plan, name="plan"),
    path("rounds/<int:pk>/", rounds.page, name="round"),
    path("rounds/<int:pk>/cancel/", rounds.cancel, name="round_cancel"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("mine/", visits.mine, name="mine"),
    path("start/", places.start, name="start"),
    path("visits/<int:pk>/", visits.page, name="visit"),
    path("visits/<int:pk>/start/", visits.start, name="visit_start"),
    path("visits/<int:pk>/cancel/", visits.cancel, name="visit_cancel"),
    path("visits/<int:pk>/move/", visits.move, name="visit_move"),
    path("visits/<int:pk>/reassign/", visits.reassign, name="visit_reassign"),
    path("visits/<int:pk>/sample/<int:item>/replace/", visits.replace, name="visit_replace"),
    path("places/", places.listed, name="places"),
    path("places/new/", places.edit, name="place_new"),
    path("places/codes/", places.codes, name="place_codes"),
    path("places/<slug:code>/", places.page, name="place"),
    path("places/<slug:code>/edit/", places.edit, name="place_edit"),
    path("places/<slug:code>/end/", places.end, name="place_end"),
    path("key/", places.key_points, name="key_points"),
    path("key/<int:pk>/end/", places.key_point_end, name="key_point_end"),
]
