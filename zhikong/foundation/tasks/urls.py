from django.urls import path

from zhikong.foundation.tasks import views

app_name = "tasks"

urlpatterns = [
    path("", views.task_list, name="list"),
    path("calendar/", views.month, name="calendar"),
    path("given/", views.given, name="given"),
    path("team/", views.team, name="team"),
    path("badge/", views.badge, name="badge"),
    path("new/", views.new, name="new"),
    path("batch/", views.batch, name="batch"),
    path("batch/outcome/", views.outcome, name="outcome"),
    path("leave/", views.leave, name="leave"),
    path("leave/<int:pk>/end/", views.end_leave, name="end_leave"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/why/", views.why, name="why"),
    path("<int:pk>/delegate/", views.delegate, name="delegate"),
]
