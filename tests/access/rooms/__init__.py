"""Objects of the higher apps, one module per noun: each has `add(world)`, called when the world stands."""
