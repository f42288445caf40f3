"""The permission matrix of incidents, complaints, quotas and accountability, as the product itself declares it."""

import os
import tempfile


def page() -> str:
    """Needs Django's apps and no database."""
    os.environ.setdefault("ZHIKONG_HOME", tempfile.mkdtemp(prefix="zhikong-docs-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhikong.site.settings")
    import django

    django.setup()
    from zhikong.foundation.access import matrix

    return matrix.as_markdown()
