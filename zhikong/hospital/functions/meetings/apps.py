from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "zhikong.hospital.functions.meetings"
    label = "meetings"
    verbose_name = "委员会议题"

    def ready(self):
        from zhikong.hospital.functions.meetings import ready_all

        ready_all.ready()
