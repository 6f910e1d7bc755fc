"""The verbs that change what the regulation says in the product: versions, readings, calendar, system settings."""
