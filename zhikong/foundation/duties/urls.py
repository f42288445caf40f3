from django.urls import path

from zhikong.foundation.duties.views import pages, work, year

app_name = "duties"

urlpatterns = [
    path("", pages.period_matrix, name="matrix"),
    path("mine/", pages.mine, name="mine"),
    path("year/", year.year_page, name="year"),
    path("year/places/", year.bodies, name="year_places"),
    path("year/calendar.xlsx", year.export, {"kind": "xlsx"}, name="year_xlsx"),
    path("year/calendar.ics", year.export, {"kind": "ics"}, name="year_ics"),
    path("year/<slug:duty_id>/<slug:period>/<slug:place>/", year.turn_page, name="turn"),
    path("year/<slug:duty_id>/<slug:period>/<slug:place>/set/", year.set_day, name="set_day"),
    path("year/<slug:duty_id>/<slug:period>/<slug:place>/release/", year.release_day, name="release_day"),
    path("committees/", pages.committees, name="committees"),
    path("of/<slug:duty_id>/", pages.history, name="history"),
    path("<int:pk>/", work.occurrence, name="occurrence"),
    path("<int:pk>/start/", work.start, name="start"),
    path("<int:pk>/prove/", work.prove, name="prove"),
    path("<int:pk>/excuse/", work.excuse, name="excuse"),
    path("<int:pk>/restore/", work.restore, name="restore"),
    path("proofs/<int:pk>/withdraw/", work.withdraw, name="withdraw"),
]
