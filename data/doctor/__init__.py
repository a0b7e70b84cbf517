"""The doctor: looks at everything that the product stands on, and says what to do."""
