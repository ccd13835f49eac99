"""Group robots of DingTalk, WeCom and Feishu. HTTP 200 is no success: what counts is the code in the body.

apprise's plugins look at the HTTP status alone, sign nothing for Feishu and know one address each, so these three
calls are made here (docs/adr/0015).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from huiyin.model.problem import Problem
from huiyin.reminders.contacts import RobotContact
from huiyin.reminders.outcome import Answer, Attempt, Outcome
from huiyin.reminders.patience import Pace, Patience
from huiyin.reminders.routing import RobotKind

# At its usual level it logs addresses, and a robot's address holds its token.
logging.getLogger("httpx").setLevel(logging.WARNING)

GATEWAY = frozenset({502, 504})
"""A gateway gave up on the robot's service, which may have the message."""
LATER = frozenset({408, 425, 429, 500, 503})


@dataclass(frozen=True)
class Service:
    """What is known of a chat service.

    Args:
        limit: bytes of text in one message.
        per_minute: messages a minute that one robot may send.
        codes: names under which the answer may carry its code, the first that is there counts.
        too_often: codes that mean "too often".
    """

    base: str
    limit: int
    per_minute: int
    codes: tuple[str, ...]
    too_often: frozenset[int]


SERVICES = {
    RobotKind.DINGTALK: Service(
        "https://oapi.dingtalk.com", 15_000, 20, ("errcode",), frozenset({130101, 410100, 90030})
    ),
    RobotKind.WECOM: Service("https://qyapi.weixin.qq.com", 2_000, 20, ("errcode",), frozenset({45009})),
    RobotKind.FEISHU: Service("https://open.feishu.cn", 15_000, 100, ("code", "StatusCode"), frozenset({9499, 11232})),
}


class Robot:
    """The robot of one group.

    Args:
        group: id, for the problem.
    """

    def __init__(self, group: str, kind: RobotKind, contact: RobotContact, patience: Patience) -> None:
        self.kind = kind
        self._group = group
        self._contact = contact
        self._service = SERVICES[kind]
        self._patience = patience
        self._pace = Pace(self._service.per_minute, patience)
        self._gone: Attempt | None = None

    @property
    def limit(self) -> int:
        """Bytes of text in one message."""
        return self._service.limit

    def send(self, text: str) -> Outcome:
        """Post one message."""
        found = self._gone or self._patience.offer(lambda: self._once(text))
        if found.answer is Answer.DOWN:
            self._gone = found
        if found.answer is Answer.TAKEN:
            return Outcome(found.answer.state)
        code = "HY866" if found.answer is Answer.LOST else "HY865"
        return Outcome(found.answer.state, Problem(code, f"群“{self._group}”（{self.kind.label}）：{found.why}。"))

    def _once(self, text: str) -> Attempt:
        self._pace.wait()
        path, parameters, body = self._request(text)
        address = (self._contact.base or self._service.base) + path
        try:
            # A client of its own: a kept connection that the server has closed would look like a lost answer.
            with httpx.Client(verify=_certificates(), timeout=self._patience.timeout) as client:
                response = client.post(address, params=parameters, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
            return Attempt(Answer.DOWN, f"连接不上（{type(error).__name__}）")
        except httpx.HTTPError as error:
            return Attempt(Answer.LOST, f"发出以后没有等到答复（{type(error).__name__}）")
        return self._read(response)

    def _read(self, response: httpx.Response) -> Attempt:
        status = response.status_code
        if status in GATEWAY:
            return Attempt(Answer.LOST, f"网关没有等到机器人的答复（HTTP {status}）")
        if status != 200:
            return Attempt(Answer.BUSY if status in LATER else Answer.REFUSED, f"HTTP {status}")
        try:
            found = response.json()
        except ValueError:
            found = None
        code = _code(found, self._service.codes)
        if code is None:
            # A whole answer that is not the robot's comes from something in front of it (a proxy, a login page).
            return Attempt(Answer.BUSY, "答复读不懂，不是机器人的答复")
        if code == 0:
            return Attempt(Answer.TAKEN)
        wait = 60.0 if code in self._service.too_often else 0.0
        return Attempt(Answer.BUSY, f"机器人答复错误码{code}{self._said(found)}", wait)

    def _said(self, found: Mapping[str, Any]) -> str:
        """The robot's own words, short, on one line, and never with our token in them."""
        text = " ".join(str(found.get("errmsg") or found.get("msg") or "").split())
        for secret in filter(None, (self._contact.token, self._contact.secret)):
            text = text.replace(secret, "***")
        text = "".join(c for c in text if c.isprintable())[:100]
        return f"〔{text}〕" if text else ""

    def _request(self, text: str) -> tuple[str, dict[str, str], dict[str, object]]:
        token, secret = self._contact.token, self._contact.secret
        match self.kind:
            case RobotKind.DINGTALK:
                parameters = {"access_token": token}
                if secret:
                    stamp = str(round(self._patience.now() * 1000))
                    parameters |= {"timestamp": stamp, "sign": _sign(secret, f"{stamp}\n{secret}")}
                return "/robot/send", parameters, {"msgtype": "text", "text": {"content": text}}
            case RobotKind.WECOM:
                return "/cgi-bin/webhook/send", {"key": token}, {"msgtype": "text", "text": {"content": text}}
            case RobotKind.FEISHU:
                body: dict[str, object] = {"msg_type": "text", "content": {"text": text}}
                if secret:
                    stamp = str(int(self._patience.now()))
                    # Feishu takes time and secret together as the key, and signs nothing with it.
                    body = {"timestamp": stamp, "sign": _sign(f"{stamp}\n{secret}", ""), **body}
                return f"/open-apis/bot/v2/hook/{token}", {}, body


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _code(found: Any, names: tuple[str, ...]) -> int | None:
    if not isinstance(found, dict):
        return None
    value = next((found[name] for name in names if name in found), None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _sign(key: str, text: str) -> str:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
