"""The append-only, chained log: who did what to which object, when, from where, why. One function writes it."""
