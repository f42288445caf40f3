"""The anonymous pages under /speak/: answered before Django's middleware, so that nothing of them is kept.

No session, no cookie, no request number, no audit row, no log line, no limit by address. What the pages get to see
of a request is a method, a path, typed fields and files; headers and addresses end here (decision 34).
"""

from zhikong.site.speak.branch import branch

__all__ = ["branch"]
