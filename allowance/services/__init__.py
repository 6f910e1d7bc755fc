"""The verbs of article 10: settle, check, submit, review, hand over, adjust, reconcile."""
