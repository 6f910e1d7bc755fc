"""Who may write, read and decide about what, with the reason in Chinese."""
