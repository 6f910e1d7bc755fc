"""The verbs of chapters 2 and 3, one module per noun."""
