"""Other plans that are nearly as good, and the least change that reaches a target."""
