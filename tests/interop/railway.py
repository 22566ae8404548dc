"""Signed things of ours to show to strangers, made by our own programs."""

import contextlib
import datetime
import json
import os
import subprocess
import time

from check import BIN, must, write

NOW = 1769996460  # the time at which the objects of tbc-test-world are good


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """A railway in miniature: trust, status, revoked, paper, bound, live, largest..."""

    def __init__(self, where, alg):
        where.mkdir()
        must(BIN / "tbc-test-world", where, alg)
        self.where, self.alg = where, alg

    def __truediv__(self, name):
        return self.where / name

    def text(self, name):
        """The QR text as scanned, without the line end."""
        return (self.where / name).read_text(encoding="ascii").rstrip("\r\n")


def make_trust(where, key, station, uri, start=None):
    """A root, and a trust list signed by it that names the key, all by tbc; the list's path."""
    tool, root, draft, signed = BIN / "tbc", where / "root.pem", where / "trust.list", where / "trust.cose"
    must(tool, "keys", "make", "--out", root)
    must(tool, "trust", "make", "--root", root, "--out", draft)
    begin = ["--from", start] if start else []
    must(tool, "trust", "add", "--list", draft, "--station", station, "--key", key, "--status-uri", uri, *begin)
    must(tool, "trust", "sign", "--list", draft, "--root", root, "--out", signed)
    return signed


@contextlib.contextmanager
def station(where, alg="ES256"):
    """A running tbc-station of its own that signs by alg; gives its folder."""
    data = where / f"station-{alg}"
    must(BIN / "tbc-station", "--data", data, "--init", "--station", "YZN", "--name-en", "Yunzhou South")
    must(BIN / "tbc", "keys", "make", "--alg", alg, "--out", data / "issuer.pem")
    make_trust(data, data / "issuer.pem", "YZN", "https://status.yzn.example/1")
    loopback = "tcp://127.0.0.1:*"
    process = subprocess.Popen(
        [BIN / "tbc-station", "--data", data, "--front", loopback, "--feed", loopback],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not process.stdout.readline().startswith(b"ready "):
            raise RuntimeError("tbc-station did not start")
        yield data
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


def issue(data):
    """The QR text that the desk officer gets for a passenger with a ticket."""
    env = {"TBC_DEVICE": str(data / "operator.device")}
    number = "11010519491231002X"
    people = write(data / "people.csv", f"kind,number,name\ncn,{number},林小禾\n")
    depart = rfc3339(int(time.time()) + 1800)
    tickets = write(data / "tickets.csv", f"kind,number,train,depart,from,to\ncn,{number},G1207,{depart},YZN,QYB\n")
    must(BIN / "tbc", "import", "people", people, env=env)
    must(BIN / "tbc", "import", "tickets", tickets, env=env)
    out = must(
        BIN / "tbc", "issue", "--number", number, "--officer", "o1", "--reason", "lost", "--json",
        env={**os.environ, **env},
    )  # fmt: skip
    return json.loads(out)["text"]
