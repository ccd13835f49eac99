"""HY85x to HY89x: reports, reminders and documents."""

from __future__ import annotations

from huiyin.model.codes.code import Code

CODES: dict[str, Code] = {
    "HY850": Code(
        "notice",
        "休息日，不作催办",
        "各项办理时限按工作日计算；休息日只审核当日留言（第九条（一）），没有未审核的留言时无事可做。",
        "无须处理；要看清单的，不加 --scheduled 运行。",
    ),
    "HY851": Code("error", "台账的文件名不对", "台账是Excel工作簿。", "文件名以 .xlsx 结尾。"),
    "HY852": Code(
        "warning",
        "催办议题没有指派给主要负责同志",
        "该单位没有登记主要负责同志，或其账号没有登记、不能在该仓库中被指派。议题照常建立。",
        "在 rules/people.yaml 中登记任职和账号的数字编号，并让该账号加入仓库。",
    ),
    "HY853": Code(
        "error",
        "催办议题没有处理",
        "代码平台接连出错，其余单位的议题不再尝试。",
        "按前面的错误处理后重新运行；已处理的不会重复。",
    ),
}
