"""Who signs in, in which roles, and over which college: the base of every scope question."""
