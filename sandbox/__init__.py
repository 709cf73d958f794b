"""A made world on this machine: X, Reddit, feeds and Slack as stand-ins that the real clients use unchanged.

`sandbox.server.running()` starts it all inside a test, `python -m sandbox` on its own. `world` holds what
people say, `scenario` a day of it, `faults` what goes wrong, and one module each a platform's wire format.
It imports nothing of the product, so that the two can only agree through what they say to each other.
"""
