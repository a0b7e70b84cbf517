"""What changes the store; each write is one past event, inside the caller's transaction."""
