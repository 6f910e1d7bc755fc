"""Pages of 制度与校历 and 制度对照."""
