"""The counts behind the figures: what the tables say, in a fixed number of queries whatever the size."""
