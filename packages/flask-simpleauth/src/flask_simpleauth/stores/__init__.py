"""Where accounts can be kept. Each store is imported only by who uses it."""
