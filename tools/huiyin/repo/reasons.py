"""Why the system refused to read or write a file, in Chinese: its own words are those of its language."""

from __future__ import annotations

import errno

_REASONS = {
    errno.ENOENT: "文件不存在",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件过大",
    errno.EROFS: "磁盘是只读的",
    errno.ENOTDIR: "上级路径不是目录",
    errno.EEXIST: "上级路径不是目录",
    errno.EISDIR: "该路径是目录",
    errno.ENOTEMPTY: "目录不是空的",
    errno.EXDEV: "不在同一磁盘上",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "符号链接过多",
    errno.EIO: "磁盘读写出错",
    errno.ESTALE: "网络磁盘已断开",
    errno.EBUSY: "文件正被占用",
    errno.ETXTBSY: "文件正被占用",
    errno.EMFILE: "打开的文件过多",
    errno.ENFILE: "打开的文件过多",
    errno.ENOMEM: "内存不足",
    errno.ENXIO: "不是普通文件",
    errno.ENODEV: "不是普通文件",
    errno.EINVAL: "系统不支持",
    errno.EOPNOTSUPP: "系统不支持",
    errno.EBADF: "没有打开",
    errno.EPIPE: "接收方已经关闭",
    errno.EADDRNOTAVAIL: "没有这个网络地址",
}


def reason(code: int | None, verb: str) -> str:
    """What an ``errno`` means.

    Args:
        code: the ``errno`` of an ``OSError``.
        verb: 读取 or 写入, what was tried.
    """
    if code in (errno.EACCES, errno.EPERM):
        return f"没有{verb}权限"
    return _REASONS.get(code or 0) or (f"系统错误{code}" if code else "原因不明")
