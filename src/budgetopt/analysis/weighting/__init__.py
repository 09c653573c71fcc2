"""Other weights of the outcomes: where the plan stays, plans of groups, and the compromise."""
