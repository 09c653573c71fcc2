"""Results of analyses in plain sentences and as documents."""
