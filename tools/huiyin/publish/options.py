"""The options of the plugin in ``mkdocs.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.config import config_options as c
from mkdocs.config.base import Config

from huiyin.model.case import SHANGHAI
from huiyin.model.moment import parse_as_of

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

CLOCK = "HUIYIN_AS_OF"


class HuiyinConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs' own __init_subclass__
    """What may be set.

    Args:
        root: the repository of the record; by default the folder of ``mkdocs.yml``.
        as_of: the moment that counts as now; by default the environment's ``HUIYIN_AS_OF``, else the present.
        jobs: how many processes make the pages; the environment's ``HUIYIN_JOBS`` goes before.
        search: whether the index of the search is made.
    """

    root = c.Optional(c.Dir(exists=True))
    as_of = c.Optional(c.Type((str, date)))
    jobs = c.Optional(c.Type(int))
    search = c.Type(bool, default=True)

    def place(self, config: MkDocsConfig) -> Path:
        """The folder of the record."""
        if self.root is not None:
            return Path(self.root)
        return Path(config.config_file_path or "mkdocs.yml").resolve().parent

    def moment(self, environment: Mapping[str, str]) -> datetime:
        """What counts as now.

        Raises:
            UsageError: HY921, that is no time.
        """
        # YAML makes a date of an unquoted one; str() gives back what was written.
        configured = str(self.as_of or environment.get(CLOCK) or "")
        return parse_as_of(configured) if configured else datetime.now(SHANGHAI).replace(microsecond=0)
