"""What every numbered document shares: books, parties, taxes, rounding, numbers, pages and locks"""
