from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "zhikong.foundation.tasks"
    label = "tasks"
    verbose_name = "待办"
