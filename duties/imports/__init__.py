"""Workbooks of chapters 2 and 3 read into plain rows and plans."""
