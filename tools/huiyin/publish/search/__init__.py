"""The search of the public site: an index of character pairs in static files, made here and read by the browser.

``build.build`` is the one way in. The files are read by ``site/assets/search/index.js``, and by ``reading.py`` for the
scan; the format is described in ``docs/search.md``.
"""
