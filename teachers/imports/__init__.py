"""The roster workbook: read tolerantly, checked as a whole, compared with what is recorded, written whole or not at all.

`columns` says what the sheets hold, `reading` turns a file into rows, `planning` compares them with the database and
gives a `Plan`, `batches` holds the verbs that pages and the command call. Writing and undoing are services.
"""
