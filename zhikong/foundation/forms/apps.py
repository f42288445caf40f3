from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "zhikong.foundation.forms"
    label = "forms"
    verbose_name = "表单"

    def ready(self):
        from zhikong.foundation.facts.countable import register
        from zhikong.foundation.forms import countable, defects, kind, permissions  # noqa: F401  (its predicates register themselves)
        from zhikong.foundation.forms.policies import kind as policies

        kind.register()
        policies.register()
        defects.register()
        for source in countable.sources():
            register(source)
