"""HY2xx: the record (schema, path, id)."""

from __future__ import annotations

from huiyin.model.codes.code import Code

CODES: dict[str, Code] = {
    "HY201": Code(
        "error",
        "不符合模式",
        "缺字段、多字段，或字段的取值不合 schema/ 中的模式。",
        "按提示改正该字段；字段含义见 schema/ 和手册。",
    ),
    "HY202": Code(
        "error",
        "路径与编号、日期不符",
        "留言文件应在 cases/年/月/日/编号.yaml，日期为收到之日（北京时间）。",
        "把文件移到提示的路径，或改正编号、收到时间。",
    ),
    "HY203": Code(
        "error", "编号重复", "同一编号的留言在库中有两份文件。", "保留一份；确为两件的，改用来源平台各自的编号。"
    ),
    "HY204": Code(
        "error", "不该在此的文件", "cases/ 下只放留言的普通YAML文件，不得有符号链接或其他文件。", "删去或移走该文件。"
    ),
    "HY205": Code("error", "编号与渠道不符", "留言编号由渠道和来源平台编号组成。", "改正编号或渠道。"),
    "HY206": Code("error", "所指留言不存在", "duplicate_of 指向库中没有的留言或本件自身。", "核对编号。"),
}
