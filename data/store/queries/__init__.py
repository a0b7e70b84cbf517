"""What reads the store; each query is named by what it returns."""
