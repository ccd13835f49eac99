"""A font with Chinese characters for charts: one that is installed, or the file that is named."""

from __future__ import annotations

from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from huiyin.model.problem import HuiyinError, Problem

FAMILIES = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "思源黑体", "Microsoft YaHei"),
    *("HarmonyOS Sans SC", "PingFang SC", "Heiti SC", "STHeiti", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "FangSong", "SimSun", "Droid Sans Fallback"),
)
"""Families with the characters of mainland China, the most readable on charts first."""
_FILES = (
    *("notosanscjk", "notosanssc", "notoserifcjk", "notoserifsc", "sourcehan", "msyh", "harmonyos", "pingfang"),
    *("stheiti", "simhei", "wqy", "simfang", "simsun", "droidsansfallback"),
)
"""How the files of these families begin; only they are opened."""
_SAMPLE = "回音，网民留言办理（一）"


def find_font(file: Path | None = None, folders: list[str] | None = None) -> str:
    """The name of a family that charts can use, which matplotlib then knows.

    Args:
        file: a font (.ttf, .otf, .ttc) to be used instead of those that are installed.
        folders: where to look; the folders of the system by default.

    Raises:
        HuiyinError: HY892, there is none, or the file is none or lacks Chinese characters.
    """
    if file is not None:
        return _family_in(file)
    # matplotlib keeps a list of its own, which does not know what was installed or removed since.
    found = [p for p in font_manager.findSystemFonts(folders) if Path(p).name.lower().startswith(_FILES)]
    known = {entry.name for path in sorted(found) for entry in _register(path)}
    for family in FAMILIES:
        if family in known:
            return family
    raise HuiyinError(Problem("HY892", "没有找到中文字体，图表没有画，也没有写入任何文件。"))


def _family_in(file: Path) -> str:
    if not file.is_file():
        raise HuiyinError(Problem("HY892", "没有这个字体文件。", str(file)))
    try:
        entries = _register(str(file))
    except (OSError, RuntimeError, ValueError):  # what FreeType says of a file that it cannot read
        entries = []
    with_chinese = [e for e in entries if _has_chinese(e)]
    if not with_chinese:
        raise HuiyinError(Problem("HY892", "这个文件不是能用的中文字体。", str(file)))
    # Of a collection for several countries the face for the mainland.
    return next((e.name for e in with_chinese if e.name.endswith(("SC", "CN"))), with_chinese[0].name)


def _register(path: str) -> list[font_manager.FontEntry]:
    known = [e for e in font_manager.fontManager.ttflist if e.fname == path]
    if not known:
        font_manager.fontManager.addfont(path)
        known = [e for e in font_manager.fontManager.ttflist if e.fname == path]
    return known


def _has_chinese(entry: font_manager.FontEntry) -> bool:
    characters = FT2Font(entry.fname, face_index=entry.index).get_charmap()
    return all(ord(c) in characters for c in _SAMPLE)
