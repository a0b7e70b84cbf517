"""python -m ingest: the readers of a large file load while the program itself does."""

import sys

from ingest.forerunners import readers_foreseen

if __name__ == "__main__":
    readers_foreseen(sys.argv[1:])
    from ingest.program import main

    main()
