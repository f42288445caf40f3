from django.urls import path

from zhikong.foundation.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.inbox, name="list"),
    path("read-all/", views.read_all, name="read_all"),
    path("<int:pk>/", views.detail, name="detail"),
]
