"""Rows of chapter 1 as workbooks."""
