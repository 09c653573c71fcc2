"""The explorer of a page: the exact plans that it carries, its sliders, and what stands there without script."""
