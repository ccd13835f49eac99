"""HY80x to HY84x: publication."""

from __future__ import annotations

from huiyin.model.codes.code import Code

CODES: dict[str, Code] = {
    "HY801": Code(
        "error",
        "站点没有生成",
        "有留言或规则不合规，按规定不予公开，站点也就不完整。",
        "按所列各项改正（可运行 huiyin check 核对）后重新生成；原有站点没有改动。",
    ),
    "HY802": Code(
        "error",
        "页面地址被占用",
        "site/ 中手写的页面与自动生成的页面地址相同。",
        "把手写的页面改名或移到其他目录。",
    ),
}
