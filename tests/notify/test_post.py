"""The post: at least once, back-off, dead letters, and nothing personal in a text."""

from __future__ import annotations

import json
import socketserver
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from chalicelib.notify import post
from chalicelib.notify.message import Message, compose
from chalicelib.notify.ways import Mailbox, Never, NotNow, Smtp
from chalicelib.store.embedded import EmbeddedStore
from chalicelib.store.port import MESSAGES

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HEAD = {
    "number": "23456789ABCX",
    "item_name": "户外招牌设置备案",
    "item_name_en": "Filing of an outdoor shop sign",
}
EVENT = {"seq": 2, "action": "correct", "data": {"due": {"correction": "2026-12-21"}, "reason": "张三的照片"}}
SITE = {"name": "望澜政务服务网", "url": "https://zwfw.wanglan.example"}


@dataclass
class Moody:
    """A way that answers as it is told to, and remembers what it was handed."""

    mood: list[Exception | None] = field(default_factory=list)
    taken: list[Message] = field(default_factory=list)

    def send(self, message):
        answer = self.mood.pop(0) if self.mood else None
        if answer:
            raise answer
        self.taken.append(message)


@pytest.fixture
def store(tmp_path):
    return EmbeddedStore(tmp_path)


def note(seq: int = 2) -> Message:
    return compose(HEAD, EVENT | {"seq": seq}, way="sms", to="13800001234", site=SITE)


def test_a_message_says_what_happened_by_when_and_where_in_both_languages():
    mail = compose(HEAD, EVENT, way="mail", to="lin@example.org", site=SITE)
    assert "补正" in mail.subject and "2026年12月21日" in mail.text and "21 Dec 2026" in mail.text
    assert "https://zwfw.wanglan.example/status/" in mail.text


def test_a_message_tells_nothing_personal():
    text = note().text
    assert "张三" not in text and "13800001234" not in text and len(text) <= 200


def test_the_same_event_is_queued_once(store):
    assert post.queue(store, note(), now=NOW)
    assert not post.queue(store, note(), now=NOW)
    way = Moody()
    assert post.send_due(store, {"sms": way}, now=NOW).sent == 1
    assert post.send_due(store, {"sms": way}, now=NOW + timedelta(days=2)).sent == 0
    assert [message.key for message in way.taken] == ["23456789ABCX#2#sms"]


def test_a_way_that_is_down_is_tried_again_after_longer_and_longer_waits(store):
    post.queue(store, note(), now=NOW)
    way, now = Moody([NotNow("busy")] * 3), NOW
    for wait in post.WAITS[:3]:
        assert post.send_due(store, {"sms": way}, now=now).failed == 1
        assert post.send_due(store, {"sms": way}, now=now + wait - timedelta(seconds=1)) == post.Tally()
        now += wait
    assert post.send_due(store, {"sms": way}, now=now).sent == 1


def test_a_message_nobody_takes_becomes_a_dead_letter_that_can_be_tried_again(store):
    post.queue(store, note(), now=NOW)
    way, now = Moody([NotNow("down")] * (len(post.WAITS) + 1)), NOW
    for wait in (*post.WAITS, timedelta(0)):
        post.send_due(store, {"sms": way}, now=now)
        now += wait
    (letter,) = post.dead_letters(store)
    assert (letter.head["why"], letter.head["attempts"]) == ("down", len(post.WAITS) + 1)
    assert post.try_again(store, letter.key, now=now) and not post.dead_letters(store)
    assert post.send_due(store, {"sms": way}, now=now).sent == 1
    assert not post.try_again(store, letter.key, now=now)


def test_a_refused_address_is_given_up_at_once(store):
    post.queue(store, note(), now=NOW)
    assert post.send_due(store, {"sms": Moody([Never("no such number")])}, now=NOW).dead == 1


def test_a_sender_that_dies_after_sending_repeats_it_when_its_lease_ends(store):
    post.queue(store, note(), now=NOW)

    class Dies(Moody):
        def send(self, message):
            super().send(message)
            raise KeyboardInterrupt

    way = Dies()
    with pytest.raises(KeyboardInterrupt):
        post.send_due(store, {"sms": way}, now=NOW)
    assert post.send_due(store, {"sms": Moody()}, now=NOW + timedelta(seconds=30)) == post.Tally()
    again = Moody()
    assert post.send_due(store, {"sms": again}, now=NOW + post.LEASE).sent == 1
    assert {message.key for message in way.taken} == {message.key for message in again.taken}


def test_many_senders_at_once_send_each_message_once(store):
    for seq in range(40):
        post.queue(store, note(seq), now=NOW)
    ways = [Moody() for _ in range(6)]
    threads = [
        threading.Thread(target=post.send_due, args=(store, {"sms": way}), kwargs={"now": NOW})
        for way in ways
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [message.key for way in ways for message in way.taken]
    assert len(keys) == len(set(keys)) == 40


def test_a_way_that_is_not_set_up_keeps_its_messages_waiting(store):
    post.queue(store, note(), now=NOW)
    assert post.send_due(store, {}, now=NOW).failed == 1
    assert store.count(MESSAGES, "due", post.QUEUED) == 1


def test_the_mailbox_shows_a_message_once_however_often_it_was_sent(tmp_path):
    box = Mailbox(tmp_path / "mailbox")
    box.send(note())
    box.send(note())
    (shown,) = box.read()
    assert shown["to"] == "13800001234" and json.dumps(shown, ensure_ascii=False)


class _Server(socketserver.ThreadingTCPServer):
    """A mail server for one test: what it heard, and what it says to a recipient."""

    daemon_threads = True
    rcpt = b"250 ok"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.heard: list[bytes] = []


class _Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as a client needs to hear."""

    server: _Server

    def handle(self):
        self.wfile.write(b"220 test\r\n")
        body = False
        for line in self.rfile:
            self.server.heard.append(line)
            if body:
                if line == b".\r\n":
                    body = False
                    self.wfile.write(b"250 kept\r\n")
                continue
            word = line[:4].upper()
            body = word == b"DATA"
            answer = {b"DATA": b"354 go on", b"QUIT": b"221 bye", b"RCPT": self.server.rcpt}.get(
                word, b"250 ok"
            )
            self.wfile.write(answer + b"\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def mail_server():
    server = _Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def smtp(server) -> Smtp:
    return Smtp(
        f"smtp://127.0.0.1:{server.server_address[1]}", sender="bsd@wanglan.example", name="望澜政务服务网"
    )


def test_mail_carries_its_key_as_message_id(mail_server):
    mail = compose(HEAD, EVENT, way="mail", to="lin@example.org", site=SITE)
    smtp(mail_server).send(mail)
    smtp(mail_server).send(mail)
    ids = [line for line in mail_server.heard if line.lower().startswith(b"message-id")]
    assert len(ids) == 2 and ids[0] == ids[1]


@pytest.mark.parametrize(("answer", "expected"), [(b"550 no such user", Never), (b"451 later", NotNow)])
def test_the_mail_servers_no_is_told_apart_from_its_not_now(mail_server, answer, expected):
    mail_server.rcpt = answer
    with pytest.raises(expected):
        smtp(mail_server).send(compose(HEAD, EVENT, way="mail", to="lin@example.org", site=SITE))


def test_a_mail_server_that_does_not_answer_is_not_now():
    with pytest.raises(NotNow):
        Smtp("smtp://127.0.0.1:9", sender="a@b.example", name="x").send(note())
