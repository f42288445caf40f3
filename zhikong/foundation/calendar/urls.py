from django.urls import path

from zhikong.foundation.calendar import views

app_name = "calendar"
urlpatterns = [
    path("", views.this_year, name="index"),
    path("<int:year>/", views.year, name="year"),
    path("days/<int:pk>/unset/", views.unset, name="unset"),
]
