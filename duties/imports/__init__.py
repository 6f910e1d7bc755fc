"""Workbooks of chapters 2 and 3: read tolerantly, checked as a whole, tried out, written whole or not at all.

A kind of import is one declaration (`declaring.ImportKind`) in `kinds`: its sheets and columns, and a `plan` that turns
rows into the call of a service. `comparing` carries that call out in a transaction and sees what it changed: rolled back
it is the preview, kept it is the import. `batches` holds the verbs of the pages.
"""
