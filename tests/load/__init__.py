"""`make load`: the last hour of the 20th, played against a running portal by locust."""
