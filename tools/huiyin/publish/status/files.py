"""The files of all messages below ``status/``: only those whose hash is theirs alone."""

from __future__ import annotations

from huiyin.model.problem import Problem
from huiyin.publish.open_data.output import Output
from huiyin.publish.status.sealing import path_of, seal
from huiyin.publish.status.view import PublicStatus

FOLDER = "status"
"""Below the site's root; the page with the form is its ``index.html``."""


def export(status: PublicStatus) -> Output:
    """The file of a message; its letters are sealed, so there is nothing in it to be looked through."""
    return Output(f"{FOLDER}/{path_of(status.lookup)}", seal(status).encode("ascii"), fresh=())


def repeated(number: int) -> Problem:
    """HY812: a copied file gave that many cases a hash of another, so none of them gets a file."""
    return Problem("HY812", f"有{number}件留言的查询散列与别的留言相同，没有生成查询文件。")
