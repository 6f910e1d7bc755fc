"""What an import of chapters 2 and 3 changed, told by comparing before and after, and the way back."""
