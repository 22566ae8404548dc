#!/usr/bin/env python3
"""The tables of tests/vectors through tbc, as a stranger would try them: output and exit codes.

The library's tests take every row; of the long tables this one takes a part, for each row is a process."""
import base64
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

TBC = os.path.join(os.environ["TBC_BIN_DIR"], "tbc")
VECTORS = Path(__file__).resolve().parents[2] / "vectors"
EXIT = {"yes": (0,), "no": (1,), "unsupported": (1,), "malformed": (4,)}
results = []


def rows(name):
    for line in (VECTORS / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line


def plain(field):
    return "" if field == "-" else field


def run(*words, data=b""):
    done = subprocess.run([TBC, *words], input=data, capture_output=True, timeout=20)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace").strip()


class Table:
    """One test: every row of a table, with what was wrong with the bad ones."""

    def __init__(self, name, least):
        self.name, self.least, self.n, self.wrong = name, least, 0, []

    def expect(self, row, codes, *words, data=b"", output=None):
        code, out, said = run(*words, data=data)
        self.n += 1
        if code not in codes or (output is not None and code == 0 and out != output):
            self.wrong.append(f"{row}: exit {code}, wanted {codes}: {out[:80]!r} {said}")
        if code not in (0, 1) and not said and not out:
            self.wrong.append(f"{row}: nothing said")

    def finish(self):
        good = not self.wrong and self.n >= self.least
        print(("ok" if good else "FAILED"), f"cli/vectors: {self.name}")
        for line in self.wrong[:10]:
            print("    " + line)
        if self.n < self.least:
            print(f"    {self.n} rows of {self.least}")
        results.append(good)


def keep_key(keys, fields):
    keys[fields[1]] = f"key.{fields[1]}"
    Path(keys[fields[1]]).write_text(fields[2], encoding="ascii")


def signatures(name, least):
    table, keys = Table(f"{name}_answers_as_its_collectors_have_it", least), {}
    for line in rows(f"{name}.txt"):
        f = line.split(" ")
        if f[0] == "key":
            keep_key(keys, f)
            if f[-1] == "refused":
                table.expect(f[1], (4,), "sig", "verify", "--key", keys[f[1]], "--alg", "EdDSA", "--sig",
                             "00" * 64)
            continue
        _, row, key, alg, form, message, sig, want = f
        if want == "no" and form == "raw" and alg != "EdDSA" and int(row.split("-")[2]) % 5 != 0:
            continue
        codes = (1, 4) if form == "der" and want == "no" else EXIT[want]
        words = ["sig", "verify", "--key", keys[key], "--alg", alg, "--sig", plain(sig)]
        table.expect(row, codes, *words, *(["--der"] if form == "der" else []),
                     data=bytes.fromhex(plain(message)))
    table.finish()


def hashes():
    table, keys = Table("ecdsa_takes_every_hash_on_every_curve", 18), {}
    for line in rows("rfc6979.txt"):
        f = line.split(" ")
        if f[0] == "key":
            keep_key(keys, f)
            continue
        _, row, key, alg, message, sig = f
        table.expect(row, (0,), "sig", "verify", "--key", keys[key], "--alg", alg, "--sig", sig,
                     data=bytes.fromhex(message), output=b"yes\n")
    table.finish()


def sm2():
    table, keys = Table("sm2_answers_for_the_identifier_that_signed", 6), {}
    for line in rows("sm2.txt"):
        f = line.split(" ")
        if f[0] == "key":
            keep_key(keys, f)
            continue
        _, row, key, name, message, sig, want = f
        table.expect(row, EXIT[want], "sig", "verify", "--key", keys[key], "--alg", "SM2", "--id",
                     bytes.fromhex(plain(name)).decode(), "--sig", sig,
                     data=bytes.fromhex(message))
    table.finish()


def cose():
    table, keys = Table("cose_answers_as_the_working_group_has_it", 24), {}
    for line in rows("cose.txt"):
        f = line.split(" ")
        if f[0] == "key":
            keep_key(keys, f)
            continue
        _, row, key, aad, message, want, payload = f
        words = ["cose", "verify", "--key", keys[key], "--aad", plain(aad)]
        out = (plain(payload) + "\n").encode()
        table.expect(row, EXIT[want], *words, data=bytes.fromhex(message), output=out)
        table.expect(row + " as text", EXIT[want], *words, data=("0x" + message).encode(), output=out)
        table.expect(row + " inspected", (4,) if want == "malformed" else (0, 4), "inspect", "--json",
                     data=bytes.fromhex(message))
    table.finish()


def cbor():
    table = Table("cbor_is_judged_and_printed_as_rfc_8949_has_it", 150)
    for i, line in enumerate(rows("cbor.txt")):
        data, want, *rest = line.split(" ", 2)
        if i % (20 if want == "malformed" else 2) != 0:
            continue
        data = bytes.fromhex(plain(data))
        table.expect(line[:60], EXIT[want], "cbor", "check", data=data)
        table.expect(line[:60], (4,) if want == "malformed" else (0,), "cbor", "diag", data=data,
                     output="".join(rest + ["\n"]).encode())
    table.finish()


def base45():
    table = Table("base45_is_coded_both_ways_or_refused", 45)
    for line in rows("base45.txt"):
        data, text = line.split(" ", 1)
        text = text[1:-1].encode() if text.startswith("|") else bytes.fromhex(text)
        if data == "bad":
            table.expect(line, (4,), "base45", "-d", data=text)
            continue
        data = bytes.fromhex(plain(data))
        table.expect(line, (0,), "base45", data=data, output=text + b"\n")
        table.expect(line, (0,), "base45", "-d", data=text, output=data)
    table.finish()


def head(major, n):
    if n < 24:
        return bytes([major << 5 | n])
    return bytes([major << 5 | 24, n]) if n < 256 else bytes([major << 5 | 25]) + n.to_bytes(2, "big")


def status():
    table = Table("status_lists_of_the_draft_give_their_values", 12)
    for line in rows("statuslist.txt"):
        bits, members, values = line.split(" ")
        claims = bytes.fromhex("a119fffd" + members)
        message = bytes.fromhex("8443a10126a0") + head(2, len(claims)) + claims + b"\x40"
        Path("list").write_bytes(message)
        for pair in values.split(",")[::6]:
            idx, value = pair.split("=")
            table.expect(f"{bits} bits, {pair}", (0,), "status", "get", "--list", "list", "--idx", idx,
                         output=(value + "\n").encode())
    table.finish()


def merkle():
    table = Table("proofs_hold_or_not_as_the_logs_of_the_world_have_it", 50)
    for i, line in enumerate(rows("merkle.txt")):
        if i % 3 != 0:
            continue
        kind, row, *f, proof, want = line.split(" ")
        names = {"inclusion": ("leaf-hash", "index", "size", "root"),
                 "consistency": ("size1", "size2", "root1", "root2")}[kind]
        words = [word for name, value in zip(names, f) for word in ("--" + name, value)]
        words += [word for node in proof.split(",") if node != "-" for word in ("--proof", node)]
        table.expect(row, EXIT[want], "log", "verify-" + kind, *words,
                     output=b"yes\n" if want == "yes" else None)
    table.finish()


def dcc():
    table = Table("covid_certificates_verify_from_text_to_claims", 15)
    for line in rows("dcc.txt"):
        _, row, key, want, _ = line.split(" ", 4)
        text = line[line.index("|") + 1:-1]
        der = bytes.fromhex(key)
        Path("key.der").write_bytes(der)
        Path("key.pem").write_text(
            "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der).decode()
            + "-----END CERTIFICATE-----\n", encoding="ascii")
        table.expect(row + " text", (0,), "base45", "-d", data=text.encode())
        message = zlib.decompress(run("base45", "-d", data=text.encode())[1])
        form = "key.der" if row == "DE/1" else "key.pem"
        table.expect(row, EXIT[want], "cose", "verify", "--key", form, data=message)
        table.expect(row + " changed", EXIT[want] if want == "malformed" else (1,), "cose", "verify",
                     "--key", form, "--aad", "00", data=message)
        table.expect(row + " inspected", EXIT[want], "inspect", data=message)
    table.finish()


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        signatures("ecdsa", 180)
        signatures("ed25519", 90)
        hashes()
        sm2()
        cose()
        cbor()
        base45()
        status()
        merkle()
        dcc()
        os.chdir("/")
    good = sum(results)
    print(f"tests: {good} passed, {len(results) - good} failed, 0 skipped")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
