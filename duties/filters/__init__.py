"""What the lists of chapters 2 and 3 are narrowed by."""
