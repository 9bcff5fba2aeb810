"""What is known about the market, and how a question becomes an answer."""
