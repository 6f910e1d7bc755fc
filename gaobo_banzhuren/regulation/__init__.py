"""制度 as data: rule versions, readings of silent points (口径), interpretations, clause register, school calendar."""
