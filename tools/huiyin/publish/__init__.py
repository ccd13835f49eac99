"""The public site (第十九、二十条): what may be seen of published cases, its figures, its pages, and the MkDocs plugin.

A field reaches the site only because ``view.py`` names it (design §1.6).
"""
