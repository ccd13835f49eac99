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
    "HY830": Code(
        "error",
        "生成站点时不能预览",
        "环境变量HUIYIN_PREVIEW只用于mkdocs serve；生成的站点会被他人看到，不得含有没有公开的答复。",
        "去掉环境变量HUIYIN_PREVIEW后再运行mkdocs build；要预览，请运行HUIYIN_PREVIEW=1 mkdocs serve。",
    ),
    "HY831": Code(
        "error",
        "预览会被其他机器看到",
        "预览含有没有公开的答复，预览服务却没有只监听本机地址。",
        "把监听地址改为127.0.0.1；确已用登录或内网限制访问的，写明HUIYIN_PREVIEW=shared。",
    ),
    "HY832": Code(
        "error",
        "预览的设置不可识别",
        "环境变量HUIYIN_PREVIEW的值不是1，也不是shared。",
        "只在本机预览写1；确已限制访问、供内部共用的写shared；不预览的去掉。",
    ),
}
