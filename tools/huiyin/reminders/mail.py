"""Mail, by apprise: it knows how servers are written and reached, and makes the mail. The server's word is read here.

apprise itself answers only yes or no. Whether a mail certainly did not go, or may have gone, decides whether it may be
sent again, so the three commands of SMTP are given one by one.
"""

from __future__ import annotations

import logging
import smtplib
import warnings
from collections.abc import Sequence
from email import message_from_string
from math import ceil
from typing import cast

from huiyin.model.case import SHANGHAI
from huiyin.model.problem import Problem, Severity, UsageError
from huiyin.reminders.contacts import is_here
from huiyin.reminders.outcome import Answer, Attempt, Outcome
from huiyin.reminders.patience import Patience

with warnings.catch_warnings():
    # It imports a module of old Pythons for a library that is not used here.
    warnings.simplefilter("ignore", DeprecationWarning)
    from apprise import Apprise
    from apprise.exception import AppriseException
    from apprise.plugins.email.base import NotifyEmail
    from apprise.plugins.email.smtp import AppriseSMTPController

# It would tell standard error about addresses and hosts.
logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("apprise").propagate = False

_OK = frozenset({250, 251, 252})


class _Session(AppriseSMTPController):
    """A connection on which one mail is handed over."""

    def hand_over(self, sender: str, to: Sequence[str], text: str) -> tuple[Attempt, int]:
        """Give the server one mail.

        Returns:
            What it said, and how many of the addresses it refused.
        """
        smtp = cast(smtplib.SMTP, self._socket)
        try:
            smtp.ehlo_or_helo_if_needed()
            code, _ = smtp.mail(sender)
            if code not in _OK:
                return _refused(code), 0
            codes = [smtp.rcpt(address)[0] for address in to]
            if not any(code in _OK for code in codes):
                return _refused(min(codes)), len(codes)
        except (OSError, smtplib.SMTPException):
            return Attempt(Answer.BUSY, "邮件服务器中断了连接"), 0
        refused = sum(code not in _OK for code in codes)
        try:
            code, _ = smtp.data(text)
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code), refused
        except (OSError, smtplib.SMTPException):
            return Attempt(Answer.LOST, "邮件交出以后，没有等到服务器的答复"), refused
        return (Attempt(Answer.TAKEN) if code in _OK else _refused(code)), refused


def _refused(code: int) -> Attempt:
    """4xx is for now, 5xx for good (RFC 5321, 4.2.1)."""
    return Attempt(Answer.BUSY if 400 <= code < 500 else Answer.REFUSED, f"邮件服务器答复{code}")


class Mailer:
    """One mail server. Once it cannot be reached it is not tried again, so that the run comes to its end.

    Args:
        url: apprise's form, ``mailto://`` or ``mailtos://``.

    Raises:
        UsageError: HY863, the form is wrong, or a password would go unencrypted.
    """

    def __init__(self, url: str, patience: Patience) -> None:
        self._patience = patience
        self._gone: Attempt | None = None
        try:
            found = Apprise.instantiate(url, suppress_exceptions=False)
        except (AppriseException, TypeError, ValueError):
            found = None
        if not isinstance(found, NotifyEmail):
            raise UsageError(Problem("HY863", "通讯录中邮件服务器（mail.url）的写法不对。"))
        self._server = found
        self._sender = str(found.from_addr[1])
        if found.password and found.secure_mode == "insecure" and not is_here(found.smtp_host):
            raise UsageError(Problem("HY863", "邮件服务器（mail.url）有口令而不加密，应写 mailtos://。"))

    def send(self, person: str, addresses: Sequence[str], subject: str, body: str, message_id: str) -> Outcome:
        """Send one mail to one person, who may have several addresses.

        Args:
            person: id, for the problem.
            message_id: what stands before the @ of the Message-ID; the same when a mail is sent again.
        """
        refused = 0

        def once() -> Attempt:
            nonlocal refused
            found, refused = self._once(addresses, subject, body, message_id)
            return found

        found = self._gone or self._patience.offer(once)
        if found.answer is Answer.DOWN:
            self._gone = found
        if found.answer is not Answer.TAKEN:
            code = "HY866" if found.answer is Answer.LOST else "HY864"
            return Outcome(found.answer.state, Problem(code, f"给 {person} 的邮件：{found.why}。", article="15"))
        if refused:
            message = f"{person} 登记的邮箱有{refused}个被邮件服务器拒收，其余已发出。"
            return Outcome(found.answer.state, Problem("HY864", message, severity=Severity.WARNING))
        return Outcome(found.answer.state)

    def _once(self, addresses: Sequence[str], subject: str, body: str, message_id: str) -> tuple[Attempt, int]:
        server = self._server
        try:
            with _Session(
                server.smtp_host,
                cast(int, server.port),
                cast(str, server.secure_mode),
                server.user,
                server.password,
                verify_certificate=server.verify_certificate,
                socket_connect_timeout=ceil(self._patience.timeout),
            ) as session:
                text = self._compose(addresses, subject, body, message_id)
                return cast(_Session, session).hand_over(self._sender, addresses, text)
        except smtplib.SMTPAuthenticationError:
            self._gone = Attempt(Answer.REFUSED, "邮件服务器不认账号或口令")
            return self._gone, 0
        except (OSError, smtplib.SMTPException, RuntimeError, AppriseException) as error:
            return Attempt(Answer.DOWN, f"邮件服务器连接不上（{type(error).__name__}）"), 0

    def _compose(self, addresses: Sequence[str], subject: str, body: str, message_id: str) -> str:
        [prepared] = NotifyEmail.prepare_emails(
            subject=subject,
            body=body,
            from_addr=self._server.from_addr,
            to=[(False, addresses[0])],
            cc=set(addresses[1:]),
            smtp_host=self._server.smtp_host,
            notify_format="text",
            # Nobody's absence notice shall answer a machine (RFC 3834).
            tzinfo=SHANGHAI,
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail = message_from_string(prepared.body)
        mail.replace_header("Message-ID", f"<{message_id}@{self._sender.rpartition('@')[2]}>")
        return mail.as_string()
