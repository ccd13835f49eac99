"""HY97x and HY98x: other processes and machines, and exports for the engines of others."""

from __future__ import annotations

from huiyin.model.codes.code import Code

CODES = {
    "HY970": Code(
        "error",
        "集群地址写法不对",
        "--scheduler 或 HUIYIN_SCHEDULER 写的不是集群调度器的地址。",
        "写成 tcp://主机:端口 或 tls://主机:端口，如 tcp://10.0.0.5:8786；不用集群则不写。",
    ),
    "HY971": Code(
        "error",
        "没有安装集群组件",
        "使用集群须另装 distributed。",
        "运行 pip install 'huiyin[cluster]'；不用集群则去掉 --scheduler（或 HUIYIN_SCHEDULER）。",
    ),
    "HY972": Code(
        "error",
        "集群连接不上",
        "所写的地址十秒之内没有应答，不是Dask调度器，证书不对，或双方的distributed版本不能互通。",
        "核对地址、网络和证书，确认调度器正在运行、版本与本机相同；急用时去掉 --scheduler，在本机运行。",
    ),
    "HY973": Code(
        "error",
        "集群中没有工作进程",
        "调度器有应答，但没有工作进程向它登记。",
        "在各台机器上启动工作进程（dask worker 调度器地址 --nthreads 1），再重新运行。",
    ),
    "HY974": Code(
        "error",
        "集群上的程序与本机不同",
        "工作进程没有安装回音，或者回音、Python、日历等的版本与本机不同，结果可能不一致。",
        "在集群的每台机器上安装与本机完全相同的版本，重启工作进程，再重新运行。",
    ),
    "HY975": Code(
        "error",
        "处理时进程异常中断",
        "处理某一项时进程被系统终止：内容使解析程序崩溃，或内存不足。",
        "先确认内存足够，再重新运行；仍然如此的，用 huiyin check 找出并改正最近合入的文件，并告知维护人员。",
    ),
    "HY976": Code(
        "error",
        "运行中与集群失去联系",
        "调度器中断，或全部工作进程退出后三十秒内没有恢复。没有留下写了一半的文件。",
        "检查集群后重新运行；急用时去掉 --scheduler，在本机运行。",
    ),
    "HY980": Code(
        "error",
        "不是以前导出的目录",
        "导出的目录不空，其中没有本程序所作的标记（huiyin-export.json）。",
        "核对 --out；另指一个空目录或尚不存在的目录。",
    ),
    "HY981": Code(
        "notice",
        "只有部分留言",
        "工作目录是稀疏检出的，有些留言不在其中；统计、清单和重号检查只看在其中的留言。",
        "办理在其中的留言不受影响；要看全部留言，加 --rev HEAD（部分克隆会逐件下载），或在完整的克隆中运行。",
    ),
}
