"""Measurements, as ratios in one run. Nothing here is a test: machines differ, ratios travel."""
