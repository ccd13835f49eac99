"""The pages of cases: published, to be published (for the staff), and published once."""

from __future__ import annotations

from dataclasses import dataclass

from huiyin.publish import addresses
from huiyin.publish.listed import Listed
from huiyin.publish.pages import CasePage, Page, ReopenedPage
from huiyin.publish.render import plain_day
from huiyin.publish.reopened import ReopenedCase
from huiyin.publish.view import PublicCase

HOME = ("首页", "")
UNITS = ("按单位查看", addresses.UNITS)
Trail = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CasePages:
    """Makes them.

    Args:
        first: id of the procedure that has the shortest address.
    """

    first: str

    def published(self, case: PublicCase, similar: tuple[Listed, ...] = (), *, preview: bool = False) -> Page:
        """The page of a published case, or of one that will look so.

        Args:
            similar: published replies that resemble it, best first.
            preview: it is not published yet.
        """
        return Page(
            address=case.address,
            title=case.title,
            template="case.html",
            view=CasePage(
                case=case,
                procedure_address=addresses.procedure_address(case.procedure, self.first),
                unit_address=addresses.unit_address(case.unit),
                topics=tuple((t, addresses.topic_address(t)) for t in case.topics),
                similar=similar,
                preview=preview,
            ),
            updated=case.updated,
            trail=_trail_of(case.unit, case.unit_name),
            description=f"{case.unit_name}对网民留言“{case.title}”的答复，{plain_day(case.published_at)}公开，{case.verdict}。",
            hidden=preview,
        )

    def reopened(self, case: ReopenedCase) -> Page:
        """What stands at the address of a case whose reply is public no more."""
        return Page(
            address=case.address,
            title=case.title or "留言已经撤回",
            template="reopened.html",
            view=ReopenedPage(
                case=case,
                procedure_address=addresses.procedure_address(case.procedure, self.first),
                unit_address=addresses.unit_address(case.unit),
            ),
            updated=case.updated,
            trail=(HOME,) if case.withdrawn else _trail_of(case.unit, case.unit_name),
            hidden=True,
        )


def _trail_of(unit: str, name: str) -> Trail:
    return (HOME, UNITS, (name, addresses.unit_address(unit)))
