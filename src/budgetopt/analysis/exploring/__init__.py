"""The exact plans of a scenario as some of its figures move, carried as affine maps of these figures."""
