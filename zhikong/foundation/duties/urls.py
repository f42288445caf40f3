from django.urls import path

from zhikong.foundation.duties.views import pages, work

app_name = "duties"

urlpatterns = [
    path("", pages.period_matrix, name="matrix"),
    path("mine/", pages.mine, name="mine"),
    path("committees/", pages.committees, name="committees"),
    path("of/<slug:duty_id>/", pages.history, name="history"),
    path("<int:pk>/", work.occurrence, name="occurrence"),
    path("<int:pk>/start/", work.start, name="start"),
    path("<int:pk>/prove/", work.prove, name="prove"),
    path("<int:pk>/excuse/", work.excuse, name="excuse"),
    path("<int:pk>/restore/", work.restore, name="restore"),
    path("proofs/<int:pk>/withdraw/", work.withdraw, name="withdraw"),
]
