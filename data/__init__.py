"""The rules of the business, the store, and what goes in and out as files."""
