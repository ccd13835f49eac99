"""schema.org's ``QAPage`` in the page of a case, for search engines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from markupsafe import Markup

from huiyin.model.case import SHANGHAI
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.view import PublicCase

# What could end the script or a line of it. U+2028 and U+2029 are refused by the record; this does not rest on that.
_ESCAPED = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def qa_page(case: PublicCase, settings: Settings) -> Markup:
    """The content of ``<script type="application/ld+json">``: no text can leave it, whatever it holds."""
    text = msgspec.json.encode(document(case, settings)).decode()
    for character, escaped in _ESCAPED.items():
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704  nothing that HTML knows is left in it


def document(case: PublicCase, settings: Settings) -> dict[str, Any]:
    """The message as the question, the reply in force, or the public note, as its accepted answer."""
    url = settings.url(case.address)
    corrected = case.corrections[-1].at if case.corrections else None
    answer: dict[str, Any] = {
        "@type": "Answer",
        "text": case.reply or case.public_note,
        "url": f"{url}#reply",
        "dateCreated": _moment(case.answered_at),
        "datePublished": _moment(case.published_at),
        "author": {"@type": "GovernmentOrganization", "name": case.publisher},
    }
    if corrected:
        answer["dateModified"] = _moment(corrected)
    question: dict[str, Any] = {"@type": "Question", "name": case.title}
    if case.body is not None:
        question["text"] = case.body
    question |= {
        "dateCreated": _moment(case.received_at),
        "datePublished": _moment(case.published_at),
        "answerCount": 1,
        "acceptedAnswer": answer,
    }
    if case.topics:
        question["keywords"] = list(case.topics)
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "url": url,
        "inLanguage": "zh-CN",
        "license": settings.licence.url,
        "mainEntity": question,
    }


def _moment(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
