"""The templates of the documents: ``*.docx`` for docxtpl, made by ``build.py``."""
