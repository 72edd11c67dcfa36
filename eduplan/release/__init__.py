"""Releases: built beside the old one, swapped in whole, never changed afterwards."""
