"""python -m ingest: the readers of a large file load while the program itself does."""

import gc
import sys

from ingest.forerunners import readers_foreseen

if __name__ == "__main__":
    gc.disable()  # what loads now stays: looking through it for garbage takes a tenth of a second
    readers_foreseen(sys.argv[1:])
    from ingest.program import main

    gc.freeze()
    gc.enable()
    main()
