"""Pages of accounts: signing in, the own account, people, codes, colleges."""
