"""The pure half of forms: from text to a definition, or to problems told in Chinese with their lines."""

from zhikong.foundation.forms.definition.model import FormDefinition, Item, ItemType, Section
from zhikong.foundation.forms.definition.reading import read
from zhikong.foundation.forms.definition.writing import to_data, to_text

__all__ = ["FormDefinition", "Item", "ItemType", "Section", "read", "to_data", "to_text"]
