"""Pages of the allowance: one module per noun."""
