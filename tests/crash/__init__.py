"""Kill a worker at any step between fetch and card, start another, and compare Slack with the truth."""
