"""The MkDocs plugin ``huiyin``: generated pages as virtual files, so that plain ``mkdocs build`` and ``serve`` work."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from markupsafe import Markup
from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.toc import get_toc

from huiyin.model.case import SHANGHAI
from huiyin.model.moment import parse_as_of
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.publish.accepted import look_through
from huiyin.publish.gather import Gathered, gather
from huiyin.publish.open_data.settings import read_settings
from huiyin.publish.open_data.site import OpenData
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.pages import Page
from huiyin.publish.preview import wanted
from huiyin.publish.procedure_view import load_procedures
from huiyin.publish.render import inert, render, trail_of
from huiyin.publish.search.build import build_whole
from huiyin.publish.search.document import document_of
from huiyin.publish.site import HOME as ENTRANCE
from huiyin.publish.site import Site
from huiyin.publish.status.files import distinct, write_statuses
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import FolderSource
from huiyin.rules.articles import cite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page as MkDocsPage

HOME = "index.md"
SITEMAP = "sitemap.xml"
"""MkDocs' own would be one file of the whole archive; see ``open_data/sitemap.py``."""
UNUSED = ("assets/javascripts/", "assets/stylesheets/")
WATCHED = ("cases", "rules", "schema")
CLOCK = "HUIYIN_AS_OF"
SEARCH = "search/data"
"""Where the index of the search lies below the site's root; ``site/assets/search/page.js`` reads it there."""
SHOWN = 100
"""Findings in the built site beyond this number are counted, not listed."""

log = get_plugin_logger("huiyin")


class HuiyinConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs' own __init_subclass__
    """Options of the plugin in ``mkdocs.yml``.

    Args:
        root: the repository of the record; by default the folder of ``mkdocs.yml``.
        as_of: the moment that counts as now; by default the environment's ``HUIYIN_AS_OF``, else the present.
    """

    root = c.Optional(c.Dir(exists=True))
    as_of = c.Optional(c.Type((str, date)))


class HuiyinPlugin(BasePlugin[HuiyinConfig]):  # type: ignore[no-untyped-call]
    """Adds a page for each published case, the lists, the procedure and the statistics."""

    def __init__(self) -> None:
        self._serving = False
        self._gathered: Gathered | None = None
        self._site: Site | None = None
        self._open_data: OpenData | None = None
        self._files: Files | None = None
        self._pages: dict[str, Page] = {}

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Remember whether somebody is watching; having this method also keeps the plugin across rebuilds."""
        self._serving = command == "serve"

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Tell the templates whether MkDocs will inject its reloading script, which the policy must then allow."""
        env.globals["huiyin_serving"] = self._serving
        return env

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read the record before MkDocs empties the output folder, so that a failure leaves the last site as it was.

        Raises:
            PluginError: the rules cannot be read, or a case is broken (``serve`` leaves it out and goes on).
        """
        try:
            source = FolderSource(self._root(config))
            preview = wanted(os.environ, serving=self._serving, host=config.dev_addr.host)
            self._gathered = gathered = gather(source, self._now(), preview=preview)
            self._report(gathered.problems)
            self._site = site = Site(gathered, load_procedures(source, gathered.rulebook, gathered.as_of))
            settings = read_settings(config.extra, config.site_url, config.site_name)
            schema = load_schema(source, "case").document
            self._open_data = OpenData(gathered, settings, schema, site.units, site.topics, site.tables)
        except HuiyinError as error:
            self._report(error.problems)
            raise PluginError(_summary(error.problems)) from error
        if gathered.problems and not self._serving:
            raise PluginError(_summary(gathered.problems))

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages as virtual files.

        Raises:
            PluginError: HY802, a hand-written page stands where a generated one belongs.
        """
        assert self._site is not None, "on_pre_build comes first"
        assert self._open_data is not None, "on_pre_build comes first"
        self._files = files
        config.theme.static_templates.discard(SITEMAP)
        # The frame of every page is this site's own, so the theme's scripts and styles would lie there unused.
        for file in [f for f in files if f.src_uri.startswith(UNUSED)]:
            files.remove(file)
        self._pages = {f"{page.address}index.md": page for page in (*self._site.pages(), *self._open_data.pages())}
        taken = {file.dest_uri for file in files}
        for uri in self._pages:
            file = File.generated(config, uri, content="", inclusion=InclusionLevel.NOT_IN_NAV)
            if file.dest_uri in taken:
                problem = Problem("HY802", f"手写页面占用了自动生成页面的地址：{file.url}", f"site/{uri}")
                self._report([problem])
                raise PluginError(_summary([problem]))
            files.append(file)
        return files

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Give a generated page its title, and every page a date that does not depend on when the site was built."""
        made = self._pages.get(page.file.src_uri)
        page.update_date = made.updated.isoformat() if made and made.updated else ""
        assert self._open_data is not None, "on_pre_build comes first"
        page.meta.update(self._open_data.head(made))
        if made:
            page.meta.update(styles=made.styles, scripts=made.scripts)
            page.meta["title"] = inert(made.title)
            page.meta["description"] = inert(made.description)
            page.meta["robots"] = "noindex" if made.hidden else ""
        return markdown

    # Last, so that the theme and other plugins never change what stands in a page of the record.
    @event_priority(-100)
    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Fill a generated page from its template; the home page's hand-written text goes into its frame."""
        made = self._pages.get(page.file.src_uri)
        if page.file.src_uri == HOME:
            assert self._site is not None, "on_pre_build comes first"
            made = self._site.home(Markup(html))  # noqa: S704  the text of site/index.md, from this repository
            page.update_date = made.updated.isoformat() if made.updated else ""
        if made is None:
            return trail_of((ENTRANCE,), str(page.title), page.url) + html
        page.toc = get_toc(
            [_token(1, "top", inert(made.title), [_token(2, i, inert(t), []) for i, t in made.contents])]
        )
        return render(made)

    # The very last, so that nothing is written to the site that was not looked through.
    @event_priority(-1000)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the index of the search and the open data, then look through everything that was built (第十九条).

        What holds personal data is no site (``serve`` only tells).

        Raises:
            PluginError: HY767, something was found, or a file could not be read to its end; HY801, HY802, HY906.
        """
        assert self._gathered is not None, "on_pre_build comes first"
        assert self._open_data is not None, "on_pre_build comes first"
        assert self._files is not None, "on_files comes first"
        try:
            taken = {file.dest_uri for file in self._files}
            self._open_data.write(Path(config.site_dir), self._located(self._files), taken)
            build_whole(map(document_of, self._gathered.cases), Path(config.site_dir) / SEARCH)
            statuses, repeated = distinct(self._gathered.statuses)
            write_statuses(Path(config.site_dir), statuses)
        except HuiyinError as error:
            self._report(error.problems)
            raise PluginError(_summary(error.problems)) from error
        try:
            found = look_through(Path(config.site_dir), self._gathered, self._root(config), Path(config.docs_dir))
        except HuiyinError as error:
            self._report(error.problems)
            raise PluginError(_summary(error.problems, "HY767")) from error
        errors = [p for p in found.problems if p.level is Severity.ERROR]
        self._report(errors[:SHOWN])
        for problem in [*repeated, *(p for p in found.problems if p.level is not Severity.ERROR)][:SHOWN]:
            log.warning("%s", _line(problem))
        if errors and not self._serving:
            raise PluginError(_summary(errors, "HY767"))
        log.info("个人信息检查：%d个文件，%d处为记录中已核对的内容。", found.files, found.accepted)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Build again when the record or the rules change."""
        for name in WATCHED:
            folder = self._root(config) / name
            if folder.is_dir():
                server.watch(str(folder))
        return server

    def _located(self, files: Files) -> Iterator[Located]:
        """The pages that search engines may list."""
        for file in files.documentation_pages():
            made = self._pages.get(file.src_uri)
            if file.page and file.page.meta.get("robots") != "noindex":
                yield Located(made.address if made else unquote(file.page.url), made.updated if made else None)

    def _root(self, config: MkDocsConfig) -> Path:
        if self.config.root is not None:
            return Path(self.config.root)
        return Path(config.config_file_path or "mkdocs.yml").resolve().parent

    def _now(self) -> datetime:
        # YAML makes a date of an unquoted one; str() gives back what was written.
        configured = str(self.config.as_of or os.environ.get(CLOCK) or "")
        return parse_as_of(configured) if configured else datetime.now(SHANGHAI).replace(microsecond=0)

    def _report(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        for p in problems:
            log.error("%s", _line(p))


def _line(p: Problem) -> str:
    where = ":".join(str(part) for part in (p.path, p.line) if part)
    article = f"（{cite(p.article)}）" if p.article else ""
    return f"{p.code} {where} {p.message}{article} 处理：{p.cure}"


def _summary(problems: tuple[Problem, ...] | list[Problem], code: str = "HY801") -> str:
    files = len({p.path for p in problems})
    what = "站点没有生成" if code == "HY801" else "生成的内容不得发布"
    whole = Problem(code, f"{what}：{files}个文件有{len(problems)}个错误，详见上文。")
    return f"{whole.code} {whole.message}处理：{whole.cure}"


def _token(level: int, anchor: str, name: str, children: list[Any]) -> Any:
    return {"level": level, "id": anchor, "name": name, "html": name, "data-toc-label": "", "children": children}
