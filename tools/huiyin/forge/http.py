"""Talking to a forge: one client that waits, tries again, follows every page, and says clearly when it gives up."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, NoReturn, Self

import httpx

from huiyin import __version__
from huiyin.model.problem import HuiyinError, Problem

USER_AGENT = f"huiyin/{__version__}"
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that say nothing about the request itself: time-outs, too many requests, and a server in trouble."""
SECONDARY_WAIT = 60.0
"""Seconds to wait where a forge says "too often" but not for how long (GitHub asks for at least a minute)."""
MAX_PAGES = 1000


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Args:
        attempts: how many times one request is sent at most.
        first, longest: seconds before the second attempt, and the most that the doubling comes to.
        give_up: a forge that asks for more seconds than this is not waited for.
        timeout: seconds for each of connecting, sending and reading.
        sleep, now, jitter: the clock, in seconds since 1970, and the dice, in [0, 1): tests bring their own.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 60.0
    give_up: float = 900.0
    timeout: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random

    def back_off(self, attempt: int) -> float:
        """Seconds before attempt ``attempt + 1``: doubled each time, and spread, so that gates do not march in step."""
        return min(self.longest, self.first * 2.0**attempt) * (0.5 + self.jitter() / 2)


class ForgeClient:
    """A forge's REST API under one address. Every request may be sent more than once: it must do no harm twice.

    Args:
        address: of the API, such as ``https://api.github.com``; redirects are not followed, so the token stays there.
        token: from the environment only; it never appears in a message.
        headers: those that the forge wants besides.

    Raises:
        HuiyinError: from every method: HY660 out of reach, HY661 refused to us, HY662 too busy for too long,
            HY663 the request was refused, HY664 an answer that is not what the forge documents.
    """

    def __init__(
        self, address: str, token: str, *, headers: Mapping[str, str] | None = None, patience: Patience | None = None
    ) -> None:
        self._patience = patience or Patience()
        self._token = token
        self._client = httpx.Client(
            base_url=address.rstrip("/") + "/",
            headers={"User-Agent": USER_AGENT, "Authorization": f"token {token}", **(headers or {})},
            timeout=self._patience.timeout,
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """Read one resource."""
        return self._json(self._send("GET", path, parameters))

    def find(self, path: str) -> Any | None:
        """Read one resource that may be forbidden or absent."""
        response = self._send("GET", path, {}, allow=frozenset({403, 404}))
        return None if response.status_code in {403, 404} else self._json(response)

    def write(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Create or change one resource (``POST``, ``PATCH``)."""
        return self._json(self._send(method, path, {}, body))

    def delete(self, path: str) -> None:
        """Delete one resource; one that is gone already is fine."""
        self._send("DELETE", path, {}, allow=frozenset({404}))

    def pages(self, path: str, *, within: str | None = None, **parameters: Any) -> Iterator[Any]:
        """Give the entries of a list, from all its pages.

        Args:
            within: the key of the list where the forge wraps it in an object.
        """
        where, query, seen = path, dict(parameters), 0
        for page in range(2, MAX_PAGES + 2):
            response = self._send("GET", where, query)
            found = self._json(response)
            entries = (found.get(within) if within and isinstance(found, dict) else found) or []
            if not isinstance(entries, list):
                self._misread(path)
            yield from entries
            seen += len(entries)
            total, following = response.headers.get("X-Total-Count", ""), response.links.get("next", {}).get("url")
            if total.isdecimal():
                # Gitea counts, and its links carry the address that its settings name, which may not be ours.
                if not entries or seen >= int(total):
                    return
                query = {**parameters, "page": page}
            elif following:
                where, query = self._ours(following), {}
            else:
                return
        self._misread(path)

    def _ours(self, address: str) -> str:
        """The address of another page, if it is on the same server: the token goes nowhere else."""
        url, own = httpx.URL(address), self._client.base_url
        if (url.scheme, url.host, url.port) != (own.scheme, own.host, own.port):
            self._misread(address)
        return address

    def _send(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
        allow: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        where = path if path.startswith("http") else path.lstrip("/")
        for attempt in range(self._patience.attempts):
            last = attempt + 1 == self._patience.attempts
            try:
                response = self._client.request(method, where, params=parameters or None, json=body)
            except httpx.TransportError as error:
                if last:
                    what = "超时" if isinstance(error, httpx.TimeoutException) else "连接失败"
                    raise HuiyinError(
                        self._problem("HY660", f"{what}（{type(error).__name__}）", method, path)
                    ) from None
                self._patience.sleep(self._patience.back_off(attempt))
                continue
            if response.is_success or (response.status_code in allow and self._asked_wait(response) is None):
                return response
            wait = self._asked_wait(response)
            if wait is None and response.status_code not in RETRIED:
                self._refuse(response, method, path)
            wait = self._patience.back_off(attempt) if wait is None else wait + self._patience.jitter()
            if last or wait > self._patience.give_up:
                raise HuiyinError(self._problem("HY662", self._said(response), method, path))
            self._patience.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _asked_wait(self, response: httpx.Response) -> float | None:
        """Seconds that the forge asks for, or None where it does not: Retry-After, X-RateLimit-Reset, or a minute."""
        if response.status_code not in {403, 429, 503}:
            return None
        after, now = response.headers.get("Retry-After", ""), self._patience.now()
        if after.isdecimal():
            return float(after)
        if after:
            try:
                return max(0.0, parsedate_to_datetime(after).timestamp() - now)
            except ValueError:
                pass
        reset = response.headers.get("X-RateLimit-Reset", "")
        if response.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
            return max(0.0, int(reset) - now)
        limited = response.status_code != 503 and "rate limit" in response.text.lower()
        return SECONDARY_WAIT if limited else None

    def _refuse(self, response: httpx.Response, method: str, path: str) -> NoReturn:
        code = "HY661" if response.status_code in {401, 403, 404} else "HY663"
        raise HuiyinError(self._problem(code, self._said(response), method, path))

    def _said(self, response: httpx.Response) -> str:
        """What the forge answered: status and its message, short, on one line, and never with our token in it."""
        try:
            found = response.json()
            text = found.get("message", "") if isinstance(found, dict) else ""
        except ValueError:
            text = ""
        said = " ".join(str(text).split())[:200].replace(self._token, "***")
        return f"{response.status_code}{'：' + said if said else ''}"

    def _problem(self, code: str, what: str, method: str, path: str) -> Problem:
        where = httpx.URL(path).path if path.startswith("http") else path
        return Problem(code, f"{self._client.base_url.host} {method} {where} {what}。")

    def _json(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError:
            self._misread(response.url.path)

    def _misread(self, path: str) -> NoReturn:
        raise HuiyinError(Problem("HY664", f"{self._client.base_url.host} 的答复不合其接口说明（{path}）。"))


def take(data: Any, *keys: str) -> Any:
    """The value at ``keys`` of an answer.

    Raises:
        HuiyinError: HY664, it is not there.
    """
    for key in keys:
        if not isinstance(data, dict) or key not in data:
            raise HuiyinError(Problem("HY664", f"平台的答复缺少“{'.'.join(keys)}”。"))
        data = data[key]
    return data


def moment(text: Any) -> datetime:
    """A time of the forge (RFC 3339), in UTC.

    Raises:
        HuiyinError: HY664, it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise HuiyinError(Problem("HY664", "平台的答复中有读不懂的时间。"))
    return found.astimezone(UTC)
