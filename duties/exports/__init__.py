"""Chapters 2 and 3 as workbooks and printed pages."""
