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
    "HY810": Code(
        "error",
        "没有查询码",
        "本站没有开通办理进度查询（没有rules/lookup.yaml），或者这件留言登记时没有生成查询码：登记在开通之前、"
        "是历史数据，或者当时交办单位没有人设有金库密钥。",
        "没有查询码的留言不能补发，请按留言人的联系方式直接告知进度；要开通的，见运维手册“办理进度查询”。",
    ),
    "HY811": Code(
        "error",
        "查询码与留言不符",
        "rules/lookup.yaml的盐改动过，或者留言的lookup不是登记时生成的；留言人用这个查询码查不到。",
        "把盐恢复为登记时的值；仍不符的，由规则维护人按Git历史核对这件留言的lookup。",
    ),
    "HY812": Code(
        "warning",
        "查询散列重复",
        "几件留言的lookup相同，多半是复制了留言文件；这几件都不生成查询文件，以免互相看到进度。",
        "核对这几件各是怎样登记的；以后用huiyin new登记，不复制文件。",
    ),
    "HY813": Code(
        "error",
        "清单不能写在这里",
        "查询码清单要写的地方已有文件，或者在Git仓库之内：查询码不得进入Git。",
        "换一个新文件名，放在所有Git仓库之外只有本人能读的目录中。",
    ),
    "HY840": Code(
        "error",
        "没有网站的网址",
        "订阅、站点地图和开放数据中写的是完整网址，mkdocs.yml的site_url却没有填写或者填错。",
        "在mkdocs.yml中把site_url写成网站的完整网址，例如 https://huiyin.example.gov.cn/ 。",
    ),
    "HY841": Code(
        "error",
        "开放数据的设置不完整",
        "mkdocs.yml的extra.open_data缺少许可、联系方式或订阅标识，或者写错。",
        "照项目自带的mkdocs.yml补齐extra.open_data；许可由本单位决定，标识一经使用不要改动。",
    ),
    "HY842": Code(
        "error",
        "页面框架不完整",
        "site/overrides/ 中的模板没有用到页面应有的内容（标题、网址、正文、订阅等），或者另一个插件改动了它。",
        "恢复 site/overrides/ 中的模板，或去掉改动页面的插件后重新生成；没有标题的菜单项，在mkdocs.yml的nav中写明标题。",
    ),
    "HY843": Code(
        "error",
        "进程数不正确",
        "环境变量HUIYIN_JOBS或者mkdocs.yml中插件huiyin的jobs不是进程数。",
        "写1到256的整数；不写的，按本机的处理器数。",
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
