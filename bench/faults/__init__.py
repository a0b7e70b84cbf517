"""Faults done to the product on purpose, and whether what must hold then holds."""
