"""Chapter 1 of the regulation: colleges' classes, students, class teachers and their appointments."""
