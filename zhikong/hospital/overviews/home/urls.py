from django.urls import path

from zhikong.hospital.overviews.home.views import index

app_name = "home"

urlpatterns = [path("", index, name="index")]
