"""{% load files %}{% attach name="photo" label="照片" purpose="forms.sheet" department_id=3 files=found accept="jpg,png" %}"""

from django import template
from django.utils.safestring import SafeString

from zhikong.foundation.files import attaching, rules

register = template.Library()


@register.simple_tag
def attach(**kwargs) -> SafeString:
    """The upload field with its list of files; arguments as attaching.render."""
    return attaching.render(**kwargs)


@register.filter
def file_size(count: int) -> str:
    """2.4 MB, 318 KB."""
    return rules.readable_size(count)
