"""python -m bench.gallery: every state of the page on 127.0.0.1, made up; nothing is stored."""

import sys

from werkzeug.serving import make_server

from callbacks.gallery import gallery

PORT = 8051


def main() -> None:
    """Serve until it is stopped."""
    server = make_server("127.0.0.1", PORT, gallery().server, threaded=True)
    sys.stdout.write(f"Every state of the page is on http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
