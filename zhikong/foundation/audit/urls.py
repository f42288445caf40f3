from django.urls import path

from zhikong.foundation.audit import views

app_name = "audit"
urlpatterns = [path("", views.index, name="list")]
