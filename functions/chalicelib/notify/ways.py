"""The ways out: e-mail by SMTP, which Amazon SES speaks too, and a mailbox folder for mail and SMS.

A way raises NotNow when trying again may help and Never when it cannot (a refused address).
"""

from __future__ import annotations

import hashlib
import json
import os
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from .message import Message

_SECONDS = 15


class NotNow(Exception):
    """The way did not take the message, or did not say; trying again is right and harmless."""


class Never(Exception):
    """The way will never take this message."""


class Way(Protocol):
    """One way to somebody."""

    def send(self, message: Message) -> None:
        """Hands the message over, or raises NotNow or Never."""


class Mailbox:
    """Development and demonstration: messages as files, to be read on a page. Also the SMS simulator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> None:
        """Writes one file per key: sent twice is there once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / f"{hashlib.sha256(message.key.encode()).hexdigest()[:24]}.json"
        facts = {
            "key": message.key,
            "way": message.way,
            "to": message.to,
            "subject": message.subject,
            "text": message.text,
        }
        fresh = target.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
        fresh.replace(target)

    def read(self, *, limit: int = 100) -> list[dict[str, Any]]:
        """The newest messages."""
        files = sorted(self.folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        return [json.loads(file.read_text("utf-8")) for file in files[:limit]]


class Smtp:
    """E-mail through a server: smtp://user:password@host:587 (STARTTLS) or smtps://…:465."""

    def __init__(self, url: str, *, sender: str, name: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "localhost", parts.port
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._tls = parts.scheme == "smtps"
        self._from = formataddr((name, sender))

    def send(self, message: Message) -> None:
        """One connection a message; the key is its Message-ID, by which mail systems drop a second copy."""
        try:
            with self._connected() as server:
                server.send_message(self._mail(message))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise (Never if all(code >= 500 for code in codes) else NotNow)(str(codes)) from error
        except smtplib.SMTPResponseException as error:
            raise (Never if 550 <= error.smtp_code <= 554 else NotNow)(str(error.smtp_code)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        if self._tls:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port or 465, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port or 25, timeout=_SECONDS)
        if self._user:
            if not self._tls:
                server.starttls(context=ssl.create_default_context())
            server.login(self._user, self._password)
        return server

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._from, message.to, message.subject
        host = self._from.rpartition("@")[2].rstrip(">")
        mail["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{host}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail


def open_ways(environ: Mapping[str, str], *, data_dir: Path, name: str, production: bool) -> dict[str, Way]:
    """The ways the settings name: MAIL_URL (smtp://, smtps://), MAIL_FROM. Without an agreed gateway
    (interfaces/sms.py) development writes to the mailbox folder and production sends no SMS."""
    ways: dict[str, Way] = {}
    if environ.get("MAIL_URL"):
        ways["mail"] = Smtp(environ["MAIL_URL"], sender=environ["MAIL_FROM"], name=name)
    if not production:
        mailbox = Mailbox(data_dir / "mailbox")
        ways = {"mail": mailbox, "sms": mailbox} | ways
    return ways
