"""Articles 7–9 and 10.2.2: the yearly assessment. The room is named by the college; its models come with that work."""
