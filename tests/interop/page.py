"""The program that docs/PROTOCOL.md shows to strangers does what the page says."""

import json
import re
import sys

import railway
from check import BIN, SOURCE, Checks, folder, missing, must, run, write


def printed_program():
    page = (SOURCE / "docs/PROTOCOL.md").read_text(encoding="utf-8")
    return re.search(r"^```python\n(.*?)^```$", page, re.M | re.S).group(1)


def check(t, work):
    program = write(work / "check.py", printed_program())
    with railway.station(work) as data:
        text = railway.issue(data)
    shown = json.loads(must(BIN / "tbc", "keys", "show", "--json", data / "root.pem"))
    root = write(work / "root.pub.pem", shown["public"])

    def judged(certificate, trust=data / "trust.cose"):
        code, out, _ = run(sys.executable, program, root, trust, write(work / "certificate.txt", certificate))
        return code, out.decode()

    t.equal("a_stations_certificate_is_good", judged(text + "\n"), (0, "YZN 林*禾\n"))
    swapped = text[:-60] + text[-57:-54] + text[-60:-57] + text[-54:]
    t.equal("an_altered_one_is_not", (judged(swapped)[0], swapped == text), (1, False))
    other = work / "other"
    other.mkdir()
    list_of_others = railway.make_trust(other, data / "issuer.pem", "YZN", "https://x.example/1")
    t.equal("nor_one_under_another_root", judged(text, list_of_others)[0], 1)


def main():
    t = Checks("interop/protocol-page")
    if run(sys.executable, "-c", "import cbor2, cryptography")[0] != 0:
        missing(t.suite, "python3-cbor2 or python3-cryptography")
    with folder() as work, t.part("the_page_runs"):
        check(t, work)
    t.finish()


if __name__ == "__main__":
    main()
