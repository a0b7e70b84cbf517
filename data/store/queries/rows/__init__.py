"""The rows behind every number of the page: counted, cut, sorted and paged in the store."""
