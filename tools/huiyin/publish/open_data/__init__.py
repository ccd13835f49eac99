"""Open data: the published cases and figures as files that programs read (第十九、二十条).

What a file may hold is named in ``fields.py`` and ``open311.py``; both read ``PublicCase`` and ``ReopenedCase`` only,
so nothing can be exported that has no page. Every file is a pure function of the record, the settings and ``as_of``.
"""
