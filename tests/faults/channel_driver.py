"""Kills workers inside every channel of the notices; prints a line of JSON about what was left.

Run as a process of its own, with the ports of the test's stand-ins for the services and the points at which to die:
``python -m tests.faults.channel_driver <web port> <mail port> packing before after committed``. See handler_driver.
"""

import json
import sys
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from tests.faults.forked import NOW, die, in_process, institution, scope
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.notices import outgoing
from zhikong.foundation.notices.adapters import ADAPTERS

CONFIG = {
    "key": "K",
    "token": "T",
    "sign": "SEC",
    "corp": "C",
    "agent": "7",
    "secret": "S",
    "sender": "z@h.cn",
}


def channel(code, web_port, mail_port):
    """A channel to the test's server, and one notice that is due on it; gives the channel's number."""
    from zhikong.foundation.access.models import User
    from zhikong.foundation.notices import actions as notices
    from zhikong.foundation.notices.models import Dispatch, Message, PersonRules

    with scope():
        Dispatch.objects.all().delete()
        Message.objects.filter(sent_at=None).delete()
        reader, _made = User.objects.get_or_create(username="reader", institution_id=institution())
        PersonRules.objects.get_or_create(
            institution_id=institution(), user=reader,
            defaults={"addresses": {"email": "r@h.cn", "wecom_app": "reader"}},
        )  # fmt: skip
        values = {
            **CONFIG,
            "gateway": f"http://127.0.0.1:{web_port}",
            "server": "127.0.0.1",
            "port": mail_port,
            "tls": "",
        }
        made = notices.save_channel(by=None, now=NOW, kind=code, title=code, values=values, enabled=False)
        notice = notices.send(by=None, now=NOW, title="演练", users=[reader])
        personal = ADAPTERS[code].personal
        notices.switch_channel(by=None, now=NOW, channel=made, enabled=True)
        Dispatch.objects.create(
            institution_id=institution(), notice=notice, channel=made, user=reader if personal else None, due_at=NOW
        )  # fmt: skip
        return made.pk


def push(code, point, now):
    """The worker's own steps; dies while packing, before the call, after it, or after its outcome is written."""
    adapter = ADAPTERS[code]

    def send(*arguments):
        if point == "before":
            die()
        adapter.send(*arguments)
        if point == "after":
            die()

    ADAPTERS[code] = replace(adapter, send=send)
    pack = outgoing.pack
    if point == "packing":
        outgoing.pack = lambda **values: (pack(**values), die())
    if point == "committed":
        note = outgoing._note
        outgoing._note = lambda *arguments: (note(*arguments), transaction.on_commit(die))
    outgoing.push(step, now=now)


def step():
    return scoped(job_scope(institution(), job="notices.push"))


def sent(pk):
    from zhikong.foundation.notices.models import Dispatch, Message

    with scope():
        messages = list(Message.objects.filter(channel_id=pk))
        packed = Dispatch.objects.filter(channel_id=pk, message__sent_at__isnull=False).count()
        said = {
            "messages": len(messages),
            "sent": sum(m.sent_at is not None for m in messages),
            "announced": packed,
        }
        return said | {
            "keys": [str(message.key) for message in messages],
            "errors": [m.last_error for m in messages],
        }


def stopped(pk):
    from zhikong.foundation.notices.models import Channel

    with scope():
        Channel.objects.filter(pk=pk).update(enabled=False)


def restarted(code, pk):
    """What is there after the next worker has run twice; then the channel is stopped."""
    for hours in (2, 3):
        outgoing.push(step, now=NOW + timedelta(hours=hours))
    found = sent(pk)
    stopped(pk)
    return found


def channels(web_port, mail_port, points):
    for code in ADAPTERS:
        for point in points:
            _signal, pk = in_process(channel, code, web_port, mail_port)
            killed, _none = in_process(push, code, point, NOW)
            _signal, found = in_process(restarted, code, pk)
            record = {"channel": code, "point": point, "killed_by": killed, **found}
            sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    channels(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
