"""A small TCP proxy that does what networks do: fall silent, and hang up at the worst moment."""

import selectors
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK = 1 << 16


class Proxy:
    """Passes on what clients and a server on this machine say to each other, until told otherwise.

    Attributes:
        port: Where clients find it, on 127.0.0.1.
    """

    def __init__(self, target: int) -> None:
        """Listen on behalf of a port."""
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._passing = threading.Event()
        self._passing.set()
        self._open: list[tuple[socket.socket, socket.socket]] = []
        self._cut: bytes | None = None
        self._heard, self._left = False, 0

    def __enter__(self) -> Self:
        """Begin."""
        threading.Thread(target=self._accepted, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, and hang up on everybody."""
        self._listening.close()
        self.heal()
        self._hang_up()

    def stall(self) -> None:
        """Keep connections open and pass nothing on."""
        self._passing.clear()

    def heal(self) -> None:
        """Pass on again; what was waiting arrives."""
        self._cut = None
        self._passing.set()

    def cut(self, words: bytes, *, heard: bool, occurrence: int = 1) -> None:
        """Hang up on the client that says some words, once the server has answered, or before.

        Args:
            words: What a client says.
            heard: Let the server hear and answer them.
            occurrence: The first time, the second time, ...
        """
        self._cut, self._heard, self._left = words, heard, occurrence

    def _accepted(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open.append((client, server))
            threading.Thread(target=self._passed_on, args=(client, server), daemon=True).start()

    def _passed_on(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, selectors.DefaultSelector() as ready, suppress(OSError):
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    source = key.fileobj
                    if not isinstance(source, socket.socket):
                        raise TypeError("only sockets were registered")
                    said = source.recv(CHUNK)
                    self._passing.wait()
                    if not said or not self._let_through(said, key.data):
                        return

    def _let_through(self, said: bytes, other: socket.socket) -> bool:
        """Pass something on; False when it was the last."""
        if self._is_last(said):
            if self._heard:
                other.sendall(said)
                other.recv(CHUNK)
            return False
        other.sendall(said)
        return True

    def _is_last(self, said: bytes) -> bool:
        if self._cut is None or self._cut not in said:
            return False
        self._left -= 1
        if self._left:
            return False
        self._cut = None
        return True

    def _hang_up(self) -> None:
        for pair in self._open:
            for end in pair:
                with suppress(OSError):
                    end.close()
