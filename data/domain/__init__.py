"""The rules of the business and the values that cross between rooms; standard library only."""
