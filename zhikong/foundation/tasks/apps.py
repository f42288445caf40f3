from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "zhikong.foundation.tasks"
    label = "tasks"
    verbose_name = "待办"

    def ready(self):
        from zhikong.foundation.calendar import registry
        from zhikong.foundation.tasks import actions

        registry.register(actions.recalculate)
