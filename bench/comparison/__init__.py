"""What compare.py is made of: plan (which cells), runner (one cell), machine (where), table (how it
is shown). Standard library only."""
