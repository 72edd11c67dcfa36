"""What is made of a release on request, for other systems."""
