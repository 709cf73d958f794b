"""What words feel like: a lexicon and a small grammar for each language, and one way to score them."""

from pathlib import Path

HERE = Path(__file__).parent
