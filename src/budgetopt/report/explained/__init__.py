"""Why things are as they are: programs, limits and funds in plain sentences."""
