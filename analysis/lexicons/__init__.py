"""What words feel like: a lexicon and a small grammar for each language, and one way to score them."""
