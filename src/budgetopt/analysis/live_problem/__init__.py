"""One problem of a plan, changed in a few figures and solved again."""
