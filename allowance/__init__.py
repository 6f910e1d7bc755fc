"""第十条: monthly allowance sheets, their review, funding and hand-over to 人事."""
