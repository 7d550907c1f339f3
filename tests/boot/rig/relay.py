#!/usr/bin/python3 -B
"""HOST PORT: passes bytes on between standard input, which QEMU makes a socket, and a port of this machine's."""

import socket
import sys
import threading


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # either side may hang up at any time


def main():
    peer = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    guest = socket.socket(fileno=sys.stdin.fileno())
    back = threading.Thread(target=copy, args=(peer, guest))
    back.start()
    copy(guest, peer)
    back.join()


if __name__ == "__main__":
    main()
