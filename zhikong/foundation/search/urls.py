from django.urls import path

from zhikong.foundation.search import views

app_name = "search"

urlpatterns = [path("", views.index, name="index")]
