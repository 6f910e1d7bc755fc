"""What chapters 2 and 3 put on the start page, one module per noun."""
