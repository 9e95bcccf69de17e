"""Private files: stored out of reach of any URL, streamed after the owning app's check."""
