"""The MkDocs plugin ``huiyin``: generated pages as virtual files, so that plain ``mkdocs build`` and ``serve`` work.

MkDocs renders the hand-written pages, a few overviews and one frame of each kind of page, into a folder beside the
site; ``publishing.py`` stamps all others and brings the site up to date, which is never emptied.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn
from urllib.parse import unquote

from markupsafe import Markup
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, InclusionLevel

from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.publish.dressing import contents_of, dress, dress_frame
from huiyin.publish.gather import gather
from huiyin.publish.making import Making
from huiyin.publish.navigation import addresses_in
from huiyin.publish.open_data.settings import read_settings
from huiyin.publish.open_data.site import OpenData
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.options import HuiyinConfig
from huiyin.publish.output.manifest import Manifest
from huiyin.publish.output.shards import taken
from huiyin.publish.pages import Page
from huiyin.publish.preview import wanted
from huiyin.publish.procedure_view import load_procedures
from huiyin.publish.processes import Processes, wanted_jobs
from huiyin.publish.publishing import Place, Published, publish
from huiyin.publish.render import render, trail_of
from huiyin.publish.searching import index_search, searched
from huiyin.publish.site import Site
from huiyin.publish.stamping.frame import Frame, Slot, split
from huiyin.publish.stamping.press import Kind
from huiyin.publish.status import files as statuses
from huiyin.publish.telling import line_of, summary_of
from huiyin.repo.index import open_index
from huiyin.repo.lock import held
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import FolderSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page as MkDocsPage

HOME = "index.md"
ENTRANCE = ("首页", "")
SITEMAP = "sitemap.xml"
"""MkDocs' own would be one file of the whole archive; see ``open_data/sitemap.py``."""
UNUSED = ("assets/javascripts/", "assets/stylesheets/")
WATCHED = ("cases", "rules", "schema")
SEARCH = "search/data"
"""Where the index of the search lies below the site's root; ``site/assets/search/page.js`` reads it there."""
SHOWN = 100
"""Findings in the built site beyond this number are counted, not listed."""

log = get_plugin_logger("huiyin")


class HuiyinPlugin(BasePlugin[HuiyinConfig]):  # type: ignore[no-untyped-call]
    """Adds a page for each published case, the lists, the procedure and the statistics."""

    def __init__(self) -> None:
        self.stamping = True
        """Whether pages are stamped; else MkDocs renders them all, beside the site, for whoever compares."""
        self._serving = False
        self._making: Making | None = None
        self._manifest: Manifest | None = None
        self._processes = Processes(None)
        self._lock = ExitStack()
        self._begun = False
        self._files: Files | None = None
        self._folder = Path()
        self._pages: dict[str, Page] = {}
        self._kinds: dict[str, Kind] = {}
        self._frames: dict[Kind, tuple[str, Frame]] = {}

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Remember whether somebody is watching; having this method also keeps the plugin across rebuilds."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Let MkDocs write beside the site, for it would empty it first."""
        self._folder = Path(config.site_dir)
        config.site_dir = str(self._folder.with_name(f".{self._folder.name}.mkdocs"))
        return config

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Tell the templates whether MkDocs will inject its reloading script, which the policy must then allow."""
        env.globals["huiyin_serving"] = self._serving
        return env

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read the record first, so that a failure leaves the last site as it was.

        Raises:
            PluginError: the rules cannot be read, or a case is broken (``serve`` leaves it out and goes on).
        """
        try:
            if not self._serving:  # a server has a folder of its own
                beside = self._folder.with_name(f".{self._folder.name}.lock")
                self._lock.enter_context(held(beside, "另一个构建仍在写这个网站"))
            self._begun = True
            source = FolderSource(self.config.place(config))
            preview = wanted(os.environ, serving=self._serving, host=config.dev_addr.host)
            self._processes = Processes(wanted_jobs(os.environ, self.config.jobs))
            gathered = gather(
                source,
                self.config.moment(os.environ),
                preview=preview,
                index=open_index(source.root),
                executor=self._processes.open,
            )
            self._processes.close()  # whoever has judged keeps the memory that it took
            self._report(gathered.problems)
            site = Site(gathered, load_procedures(source, gathered.rulebook, gathered.as_of))
            settings = read_settings(config.extra, config.site_url, config.site_name)
            schema = load_schema(source, "case").document
            data = OpenData(gathered, settings, schema, site.units, site.topics, site.tables)
        except HuiyinError as error:
            self._report(error.problems)
            raise PluginError(summary_of(error.problems)) from error
        if gathered.problems and not self._serving:
            raise PluginError(summary_of(gathered.problems))
        self._making = Making(gathered, site, data)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages that MkDocs renders as virtual files, and a page of each kind that is stamped.

        Raises:
            PluginError: HY802, a hand-written page stands where a generated one belongs.
        """
        making = self._made()
        self._files = files
        config.theme.static_templates.discard(SITEMAP)
        # The frame of every page is this site's own, so the theme's scripts and styles would lie there unused.
        for file in [f for f in files if f.src_uri.startswith(UNUSED)]:
            files.remove(file)
        making.navigation = addresses_in(config.nav, files)
        samples = making.samples() if self.stamping else {}
        self._kinds = {f"{page.address}index.md": kind for kind, page in samples.items()}
        self._frames = {}
        pages = [*making.pages(), *(() if self.stamping else making.stamped())]
        self._pages = {f"{page.address}index.md": page for page in pages}
        self._taken = frozenset(file.dest_uri for file in files)
        if self.stamping and (path := making.taken(self._taken)) is not None:
            self._refuse(taken(path))
        for uri in (*self._pages, *self._kinds):
            file = File.generated(config, uri, content="", inclusion=InclusionLevel.NOT_IN_NAV)
            if file.dest_uri in self._taken:
                self._refuse(Problem("HY802", f"手写页面占用了自动生成页面的地址：{file.url}", f"site/{uri}"))
            files.append(file)
        return files

    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Give a generated page its title, and every page a date that does not depend on when the site was built."""
        uri = page.file.src_uri
        page.update_date = ""
        if (kind := self._kinds.get(uri)) is not None:
            dress_frame(page, kind)
        else:
            dress(page, self._pages.get(uri), self._made().data.heads)
        return markdown

    # Last, so that the theme and other plugins never change what stands in a page of the record.
    @event_priority(-100)
    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Fill a generated page from its template; the home page's hand-written text goes into its frame."""
        if page.file.src_uri in self._kinds:
            return Slot.CONTENT.token
        made = self._pages.get(page.file.src_uri)
        if page.file.src_uri == HOME:
            made = self._made().site.home(Markup(html))  # noqa: S704  the text of site/index.md, from this repository
            page.update_date = made.updated.isoformat() if made.updated else ""
        if made is None:
            return trail_of((ENTRANCE,), str(page.title), page.url) + html
        page.toc = contents_of(made)
        return render(made)

    # The very last, for what another plugin changes in a page belongs to its frame.
    @event_priority(-1000)
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Keep the frames.

        Raises:
            PluginError: HY842, one is not whole, or a slot stands in a page that is none.
        """
        kind = self._kinds.get(page.file.src_uri)
        try:
            frame = split(output, kind.slots if kind else (), page.url)
        except HuiyinError as error:
            self._refuse(*error.problems)
        if kind:
            self._frames[kind] = (page.file.dest_uri, frame)
        return output

    # The very last, so that nothing is written to the site that was not looked through.
    @event_priority(-1000)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Stamp the pages, look through everything that is new (第十九条), and bring the site up to date.

        What holds personal data is no site (``serve`` only tells).

        Raises:
            PluginError: HY767, something was found, or a file could not be read to its end; HY801, HY802, HY906.
        """
        if not self.stamping:
            return
        place = Place(self._folder, Path(config.site_dir), self.config.place(config), Path(config.docs_dir))
        try:
            published = publish(
                self._made(), self._frames, place, self._located(), self._taken, self._open_manifest(),
                self._processes, lenient=self._serving,
            )  # fmt: skip
            repeated = self._made().gathered.repeated
            if self.config.search and (published.ok or self._serving):
                cases = searched(self._made().gathered)
                # The search takes as much memory as all before it, which is let go.
                self._processes.close()
                self._making, self._pages = None, {}
                index_search(cases, self._folder / SEARCH)
        except HuiyinError as error:
            self._report(error.problems)
            raise PluginError(summary_of(error.problems)) from error
        self._tell(published, [statuses.repeated(sum(repeated.values()))] if repeated else [])
        self._end(config)

    def on_build_error(self, *, error: Exception) -> None:
        """Let go of processes and of what MkDocs wrote."""
        self._end(None)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Build again when the record or the rules change."""
        for name in WATCHED:
            folder = self.config.place(config) / name
            if folder.is_dir():
                server.watch(str(folder))
        return server

    def _made(self) -> Making:
        assert self._making is not None, "on_pre_build comes first"
        return self._making

    def _open_manifest(self) -> Manifest:
        """Beside the folder; while serving in memory, for the folder is gone with the server."""
        if self._serving:
            self._manifest = self._manifest or Manifest(None, self._folder)
            return self._manifest
        return Manifest(self._folder.with_name(f".{self._folder.name}.manifest"), self._folder)

    def _tell(self, published: Published, repeated: list[Problem]) -> None:
        errors = [p for p in published.problems if p.level is Severity.ERROR]
        self._report(errors[:SHOWN])
        for problem in [*repeated, *(p for p in published.problems if p.level is not Severity.ERROR)][:SHOWN]:
            log.warning("%s", line_of(problem))
        if errors and not self._serving:
            raise PluginError(summary_of(errors, "HY767"))
        log.info("站点分为%d份，其中%d份没有变动。", published.made + published.kept, published.kept)

    def _end(self, config: MkDocsConfig | None) -> None:
        self._processes.close()
        if self._begun:  # else the folder is another build's
            shutil.rmtree(self._folder.with_name(f".{self._folder.name}.mkdocs"), ignore_errors=True)
        self._begun = False
        self._lock.close()
        if config is not None:
            config.site_dir = str(self._folder)

    def _located(self) -> Iterator[Located]:
        """The pages of MkDocs that search engines may list."""
        assert self._files is not None, "on_files comes first"
        for file in self._files.documentation_pages():
            made = self._pages.get(file.src_uri)
            if file.page and file.src_uri not in self._kinds and file.page.meta.get("robots") != "noindex":
                yield Located(made.address if made else unquote(file.page.url), made.updated if made else None)

    def _refuse(self, *problems: Problem) -> NoReturn:
        self._report(problems)
        raise PluginError(summary_of(problems))

    def _report(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        for p in problems:
            log.error("%s", line_of(p))
