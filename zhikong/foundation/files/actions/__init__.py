"""All writes to files, and the reads that leave a trace."""

from zhikong.foundation.files.actions.reading import read, thumbnail
from zhikong.foundation.files.actions.storing import store, use

__all__ = ["read", "store", "thumbnail", "use"]
