"""Writing a roster plan in one transaction, and taking a batch back."""
