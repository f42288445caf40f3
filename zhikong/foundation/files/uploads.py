"""Stops an upload while it streams in: what is larger than any kind may be never reaches the disk whole."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler

from zhikong.foundation.files.rules import LARGEST, readable_size

MOST_FILES = 10  # in one request


class BoundedUploadHandler(FileUploadHandler):
    """Passes pieces on until a file is too large; then the rest is read and thrown away.

    Stands first in settings.FILE_UPLOAD_HANDLERS, for every form. The names of what was dropped stand in
    ``request.uploads_dropped``, so that a view can say it; to a form the file looks as if it had not been sent.
    """

    def most(self) -> int:
        return settings.FILES_LARGEST_UPLOAD

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > self.most():
            self.request.uploads_dropped = [*dropped(self.request), self.file_name]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None


class LimitedUploadHandler(BoundedUploadHandler):
    """The bound of the upload page: the largest of all kinds."""

    def most(self) -> int:
        return LARGEST


def limit(request) -> None:
    """Make a request's uploads stream to disk under the limit; before anything has read the body."""
    request.upload_handlers = [LimitedUploadHandler(request), TemporaryFileUploadHandler(request)]


def dropped(request) -> list[str]:
    """Names of the uploads that were too large."""
    return getattr(request, "uploads_dropped", [])


def too_large_sentence(name: str) -> str:
    return f"{name}：文件超过 {readable_size(LARGEST)}，不能上传。"
