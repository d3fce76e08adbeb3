"""The recommender: facts in, paths and reasons out. Pure Python and NumPy."""
