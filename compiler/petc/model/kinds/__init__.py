"""The kinds of parts that a spec can name: one module and one row of the table for each."""
