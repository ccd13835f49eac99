"""The page with the form: made of the settings and the registry alone."""

from __future__ import annotations

from huiyin.model.case import Channel
from huiyin.publish.addresses import STATUS
from huiyin.publish.gather import Gathered
from huiyin.publish.pages import Page, StatusPage
from huiyin.rules.deadlines import local_day
from huiyin.rules.lookup import ITERATIONS

SCRIPT, STYLE = "assets/status.js", "assets/status.css"


def status_page(gathered: Gathered, trail: tuple[tuple[str, str], ...]) -> Page:
    """``status/``: the form, and whom to ask where it does not help; only the latter where no codes are made."""
    rulebook = gathered.rulebook
    lookup = rulebook.lookup
    dispatchers = {
        channel.label: rulebook.registry.name_of(rules.dispatcher)
        for procedure in rulebook.procedures.values()
        for channel in Channel
        if (rules := procedure.channels.get(channel)) is not None
    }
    return Page(
        address=STATUS,
        title="办理查询",
        template="status.html",
        view=StatusPage(
            salt=lookup.salt if lookup else "",
            iterations=ITERATIONS,
            as_of=gathered.as_of,
            contacts=tuple(dispatchers.items()),
        ),
        updated=local_day(gathered.as_of),
        trail=trail,
        description="用留言编号和查询码，查看留言办到哪一步。",
        styles=(STYLE,),
        scripts=(SCRIPT,) if lookup else (),
    )
