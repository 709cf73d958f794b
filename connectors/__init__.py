"""The outside world that we listen to, answer on, and look things up in."""
