"""The columns that spend money: one module for each way in which a program can be scaled or chosen."""
