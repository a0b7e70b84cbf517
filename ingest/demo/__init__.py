"""A fictional reseller: its customers, its two switches' files, and three months of its life."""
