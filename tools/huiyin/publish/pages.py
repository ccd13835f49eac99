"""What each kind of page shows: one frozen class a page type, the only thing that its template is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from huiyin.publish.procedure_view import ProcedureView
from huiyin.publish.reopened import ReopenedCase
from huiyin.publish.statistics import Figures
from huiyin.publish.view import PublicCase

if TYPE_CHECKING:
    from huiyin.publish.listed import Listed
    from huiyin.publish.open_data.dictionary import Described
    from huiyin.publish.open_data.settings import Licence


@dataclass(frozen=True, slots=True)
class Entry:
    """A link to a list, with the number of published cases on it."""

    name: str
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """One published case.

    Args:
        similar: published cases that resemble it, best first.
        preview: it is not published yet; then the page says so.
    """

    case: PublicCase
    procedure_address: str
    unit_address: str
    topics: tuple[tuple[str, str], ...]
    similar: tuple[Listed, ...] = ()
    preview: bool = False


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What is answered and not published yet; only in a preview."""

    cases: tuple[PublicCase, ...]


@dataclass(frozen=True, slots=True)
class ReopenedPage:
    """A case whose published reply was returned: what stands at its address until there is a new one."""

    case: ReopenedCase
    procedure_address: str
    unit_address: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list of published cases.

    A page of an archive tells no number that the next publication would change: it is the same for ever.

    Args:
        list_address: of the first page of the list.
        period: the month of an archive's page, such as 2026年11月公开; "" for the list itself.
        total: cases on the whole list; None in an archive.
        figures: of the whole list, on its first page; else None.
        number: 1-based; ``addresses`` holds those of all pages; an archive has ``older`` and ``newer`` instead.
        archive: (year, entries) of the months of publication, where the cases are too many for one page.
    """

    heading: str
    list_address: str
    cases: tuple[Listed, ...]
    total: int | None
    figures: Figures | None
    number: int
    addresses: tuple[str, ...] = ()
    period: str = ""
    older: str | None = None
    newer: str | None = None
    archive: tuple[tuple[str, tuple[Entry, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class IndexPage:
    """All lists of a kind, in groups; a group without a title is the only one."""

    heading: str
    lead: str
    groups: tuple[tuple[str, tuple[Entry, ...]], ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """The entrance.

    Args:
        intro: the hand-written text of ``site/index.md``, already HTML.
        month: the month of ``as_of``, such as ``2026-11``.
        month_address: its list, or None while nothing received in it is published.
        frequent: the topics with the most published replies; what people read is not tracked.
    """

    intro: Markup
    as_of: datetime
    month: str
    month_address: str | None
    this_month: Figures
    total: Figures
    latest: tuple[Listed, ...]
    units: tuple[Entry, ...]
    frequent: tuple[Entry, ...]


class Row(NamedTuple):
    """One row of figures.

    Args:
        key: what the record calls it, such as ``lanzhou`` or ``2026-11``.
        address: the list of the closed cases behind it, or None where there are none.
    """

    key: str
    name: str
    address: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Table:
    """One table of figures.

    Args:
        csv: where its file stands below the site's root.
    """

    id: str
    caption: str
    heading: str
    rows: tuple[Row, ...]
    csv: str


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """The figures; ``definitions`` says what each means."""

    as_of: datetime
    total: Figures
    tables: tuple[Table, ...]
    definitions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DataPage:
    """Where the open data are, in which forms, and under which terms.

    Args:
        years: (year, months), latest first; of a month its name, number of cases, and (format, path) of each file.
        removed: (month, path) of the lists of what was taken back.
        figures: (title, path) of the tables of figures.
        feeds: groups of (title, path) of the feeds.
        interfaces: (title, path) of what the Open311 standard asks for.
    """

    licence: Licence
    contact: str
    years: tuple[tuple[str, tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...]], ...]
    removed: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str], ...]
    feeds: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    interfaces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DictionaryPage:
    """The fields of the open data."""

    fields: tuple[Described, ...]


@dataclass(frozen=True, slots=True)
class StatusPage:
    """The form in which a sender asks where a message stands.

    Args:
        salt, iterations: of the slow hash; no salt where the site offers no lookup.
        contacts: (channel, name of the unit that takes its messages).
    """

    salt: str
    iterations: int
    as_of: datetime
    contacts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProcedurePage:
    """How messages are handled, with the articles; ``others`` links to further procedures."""

    procedure: ProcedureView
    others: tuple[tuple[str, str], ...]


View = (
    CasePage
    | PreviewPage
    | ReopenedPage
    | ListPage
    | IndexPage
    | HomePage
    | StatisticsPage
    | StatusPage
    | DataPage
    | DictionaryPage
    | ProcedurePage
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be made.

    Args:
        address: below the site's root; ends with ``/``, "" is the home page.
        title: of the window; may hold the citizens' text as it is.
        template: file in ``publish/templates``.
        updated: the day of the last change of what it tells, for the sitemap; None where that is not known.
        contents: (id, title) of the parts that the table of contents names.
        trail: (name, address) of the pages above it, the home page first; the home page itself has none.
        description: one sentence for those who find it elsewhere, or "" for that of the site.
        hidden: no search engine may list it.
        styles, scripts: files below ``site/`` that only this page needs.
    """

    address: str
    title: str
    template: str
    view: View
    updated: date | None
    contents: tuple[tuple[str, str], ...] = ()
    trail: tuple[tuple[str, str], ...] = ()
    description: str = ""
    hidden: bool = False
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
