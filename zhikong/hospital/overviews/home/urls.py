from django.urls import path

from zhikong.hospital.overviews.home.views import index, later

app_name = "home"

urlpatterns = [path("", index, name="index"), path("later/", later, name="later")]
