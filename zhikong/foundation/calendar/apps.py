from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "zhikong.foundation.calendar"
    label = "calendar"
    verbose_name = "日历"
