from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "zhikong.foundation.access"
    label = "access"
    verbose_name = "账号与权限"

    def ready(self):
        from zhikong.foundation.access import signals  # noqa: F401  (registers its receivers)
        from zhikong.foundation.access.protection import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="access.protection")
