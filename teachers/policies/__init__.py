"""Who may do what in chapter 1, with the reason in Chinese: one module per noun."""
