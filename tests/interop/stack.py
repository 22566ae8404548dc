"""A stranger's COSE and CBOR against ours, both ways: python3 stack.py NAME

Every stack is a small program of its own in stacks/ that answers requests, one line of JSON each:

    make     alg name            a key pair of its own under that name: pem, jwk, cose, and in "more" the
                                 forms that few know
    sign     name protected unprotected payload [aad] [detached]            a COSE_Sign1 by that key
    open     message key [aad]   protected, unprotected, payload, or refused
    encode   value               CBOR bytes
    decode   bytes               a value
    base45   bytes, unbase45     text (RFC 9285)

Values travel as JSON does it; bytes are {"h": HEX}, maps are {"m": [[key, value]...]}.
"""

import base64
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zlib

import railway
from check import BIN, PACKAGES, SOURCE, Checks, folder, missing, run, tbc, write

ALGS = {"ES256": -7, "ES384": -35, "ES512": -36, "EdDSA": -8}
EC = ["ES256", "ES384", "ES512"]
P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # the order of its group

# What each can do, as a fact that the tests hold it to:
#   algs    it signs and verifies         aad     it signs with external data
#   typ     it signs header 16            bare    it signs with alg unprotected
#   drop    it signs detached payloads
STACKS = {
    "cose-js": {"command": ["node", "cose_js.js"], "npm": "cose-js", "algs": EC, "can": {"aad", "bare"}},
    "auth0-cose": {"command": ["node", "auth0_cose.js"], "npm": "@auth0/cose", "algs": [*EC, "EdDSA"], "can": {"typ"}},
    "ruby-cose": {
        "command": ["ruby", "ruby_cose.rb"],
        "probe": ["-e", 'require "cose"'],
        "algs": EC,
        "can": {"aad", "bare", "typ"},
    },
    "python-cbor2": {
        "command": [sys.executable, "python_cbor2.py"],
        "probe": ["-c", "import cbor2, cryptography"],
        "algs": [*EC, "EdDSA"],
        "can": {"aad", "bare", "typ", "drop"},
    },
}

KINDS = ["cn", "passport", "hkm", "tw"]
CHANNELS = [None, "kiosk", "phone", "patrol", "desk"]
ASSURANCES = [None, "officer", "passive", "active"]
MEDIA = [None, "paper", "phone"]
TYP = "application/tbc-%s+cwt"


def to_json(value):
    if isinstance(value, bytes):
        return {"h": value.hex()}
    if isinstance(value, dict):
        return {"m": [[to_json(k), to_json(v)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    return value


def from_json(value):
    if isinstance(value, dict):
        if "h" in value:
            return bytes.fromhex(value["h"])
        return {from_json(k): from_json(v) for k, v in value["m"]}
    return [from_json(v) for v in value] if isinstance(value, list) else value


class Refused(Exception):
    """The stack says that the signature is bad."""


class Stack:
    def __init__(self, name):
        facts = STACKS[name]
        self.algs, self.can = facts["algs"], facts["can"]
        program, script = facts["command"]
        self.process = subprocess.Popen(
            [program, SOURCE / "tests/interop/stacks" / script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "NODE_PATH": str(PACKAGES)},
        )

    def ask(self, do, **request):
        line = json.dumps({"do": do, **{k: to_json(v) for k, v in request.items()}})
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{do}: the stack has died")
        answer = json.loads(answer)
        if answer.get("refused"):
            raise Refused(do)
        if "error" in answer:
            raise RuntimeError(f"{do}: {answer['error']}")
        return from_json(answer["ok"])

    def sign(self, headers, payload, name="", **more):
        protected, unprotected = headers
        return self.ask("sign", name=name, protected=protected, unprotected=unprotected, payload=payload, **more)

    def open(self, message, key, aad=b""):
        """Verify; gives protected headers, unprotected headers, payload as bytes, payload decoded."""
        protected, unprotected, payload = self.ask("open", message=message, key=key, aad=aad)
        return protected, unprotected, payload, self.ask("decode", bytes=payload)

    def refuses(self, message, key, aad=b""):
        try:
            self.open(message, key, aad)
        except Refused:
            return True
        return False

    def close(self):
        with contextlib.suppress(BrokenPipeError):  # it has died, and the checks have said so
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


def flip(message, at):
    """The same with the lowest bit of one byte changed."""
    return message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]


def kid_of(stack, key):
    return hashlib.sha256(stack.ask("encode", value=key)).digest()[:8]


# ---- they read what we sign


def words_of_header(header):
    names = {number: name for name, number in ALGS.items()}
    return {"alg": names[header[1]], "kid": header[4].hex(), "typ": header[16]}


def words_of_claims(stack, c):
    """What tbc inspect --json must say about these claims."""
    t = c[-70001]
    said = {
        "iss": c[1],
        "iat": railway.rfc3339(c[6]),
        "nbf": railway.rfc3339(c.get(5, c[6])),
        "exp": railway.rfc3339(c[4]),
        "cti": c[7].hex(),
        "status": c[65535]["status_list"],
        "tbc": {
            "holder": t[1].hex(),
            "kind": KINDS[t[2]],
            "masked_name": t[3],
            "channel": CHANNELS[t[4]],
            "assurance": ASSURANCES[t[5]],
            "medium": MEDIA[t[6]],
            "language": t.get(7, ""),
        },
    }
    if 8 in c:
        said["cnf"] = stack.ask("encode", value=c[8][1]).hex()
    return said


def check_refusals(t, stack, name, message, key, payload):
    """One bit in each part that the signature covers, and in the signature."""
    kid = kid_of(stack, stack.ask("decode", bytes=key))
    places = {
        "signature": len(message) - 1,
        "payload": message.find(payload) + len(payload) // 2,
        "header": message.find(kid),
    }
    for part, at in places.items():
        t.that(f"{name}_with_another_{part}_is_refused", stack.refuses(flip(message, at), key))


def station_key(trust):
    """The station's COSE_Key as a map, from a trust list's claims."""
    return trust[-70003][3][0][2]


def check_trust(t, stack, name, path):
    """The list is signed by the root that it names; gives its claims."""
    message = path.read_bytes()
    roots = stack.ask("decode", bytes=message)
    root = stack.ask("decode", bytes=roots[2])[-70003][2][0][2]
    key = stack.ask("encode", value=root)
    header, _, payload, claims = stack.open(message, key)
    version, warn, roots, keys = claims[-70003]
    said = json.loads(tbc("trust", "show", "--json", path)[1])
    wanted = {
        "version": version,
        "iat": railway.rfc3339(claims[6]),
        "warn": railway.rfc3339(warn),
        "exp": railway.rfc3339(claims[4]),
        "kids": [row[0].hex() for row in [*roots, *keys]],
        "stations": [(row[5], row[6]) for row in keys],
    }
    t.equal(f"{name}_header_is_typed", (header[4], header[16]), (kid_of(stack, root), TYP % "trust"))
    t.equal(
        f"{name}_says_to_them_what_it_says_to_us",
        wanted,
        {
            **{k: said[k] for k in ("version", "iat", "warn", "exp")},
            "kids": [row["kid"] for row in said["roots"] + said["keys"]],
            "stations": [(row["station"], row["status_uri"]) for row in said["keys"]],
        },
    )
    check_refusals(t, stack, name, message, key, payload)
    return claims


def check_certificate(t, stack, name, text, key):
    """Gives its claims."""
    message = stack.ask("unbase45", text=text.removeprefix("TBC1:"))
    t.equal(f"{name}_is_the_same_base45_for_both", "TBC1:" + stack.ask("base45", bytes=message), text)
    coded = stack.ask("encode", value=key)
    header, unprotected, payload, claims = stack.open(message, coded)
    code, out, err = tbc("inspect", "--json", stdin=text.encode())
    t.equal(f"{name}_is_inspected", (code, err), (0, ""))
    said = json.loads(out)
    t.equal(f"{name}_kid_is_the_thumbprint", header[4], kid_of(stack, key))
    t.equal(f"{name}_header_says_the_same", words_of_header(header), said["protected"])
    t.equal(f"{name}_is_typed", (header[16], unprotected), (TYP % "cert", {}))
    t.equal(f"{name}_claims_say_the_same", words_of_claims(stack, claims), said["claims"])
    t.equal(f"{name}_is_encoded_the_same_by_both", stack.ask("encode", value=claims), payload)
    check_refusals(t, stack, name, message, coded, payload)
    return claims


def check_proof(t, stack, name, text, key):
    """A certificate inside a live proof: the phone's key is the certificate's cnf."""
    message = stack.ask("unbase45", text=text.removeprefix("TBC1:"))
    outer = stack.ask("decode", bytes=stack.ask("decode", bytes=message)[2])
    _, _, _, bound = stack.open(outer[-70002], stack.ask("encode", value=key))
    phone = stack.ask("encode", value=bound[8][1])
    header, _, payload, claims = stack.open(message, phone)
    said = json.loads(tbc("inspect", "--json", stdin=text.encode())[1])
    live = {
        "protected": words_of_header(header),
        "time": railway.rfc3339(claims[6]),
        "challenge": claims[10].hex() if 10 in claims else None,
        "signature": message[-64:].hex(),
    }
    t.equal(f"{name}_says_the_same", live, said["live"])
    t.equal(f"{name}_is_typed", header[16], TYP % "live")
    t.equal(f"{name}_holds_the_certificate", words_of_claims(stack, bound), said["claims"])
    check_refusals(t, stack, name, message, phone, payload)


def check_status(t, stack, name, path, key, idx):
    message = path.read_bytes()
    coded = stack.ask("encode", value=key)
    header, _, payload, claims = stack.open(message, coded)
    bits = claims[65533]["bits"]
    values = zlib.decompress(claims[65533]["lst"])
    value = values[idx * bits // 8] >> (idx * bits % 8) & ((1 << bits) - 1)
    said = json.loads(tbc("status", "get", "--list", path, "--idx", idx, "--json")[1])
    t.equal(f"{name}_is_typed", header[16], "application/statuslist+cwt")
    t.equal(
        f"{name}_says_the_same",
        {
            "value": value,
            "sub": claims[2],
            "bits": bits,
            "iat": railway.rfc3339(claims[6]),
            "exp": railway.rfc3339(claims[4]),
            "ttl": claims[65534],
            "expired": time.time() >= claims[4],
        },
        said,
    )
    check_refusals(t, stack, name, message, coded, payload)
    return value


def they_read_ours(t, stack, alg, work):
    world = railway.World(work / f"ours-{alg}", alg)
    trust = check_trust(t, stack, f"our_trust_list_{alg}", world / "trust")
    key = station_key(trust)
    claims = check_certificate(t, stack, f"our_certificate_{alg}", world.text("paper"), key)
    check_certificate(t, stack, f"our_largest_certificate_{alg}", world.text("largest"), key)
    check_certificate(t, stack, f"our_bound_certificate_{alg}", world.text("bound"), key)
    idx = claims[65535]["status_list"]["idx"]
    for name, value in (("status", 0), ("revoked", 1)):
        got = check_status(t, stack, f"our_list_{name}_{alg}", world / name, key, idx)
        t.equal(f"our_list_{name}_{alg}_holds_the_value", got, value)
    check_proof(t, stack, f"our_live_proof_{alg}", world.text("live"), key)
    check_proof(t, stack, f"our_largest_live_proof_{alg}", world.text("largest-live"), key)


def we_share_base45(t, stack):
    for size in (0, 1, 2, 3, 45, 319, 320, 480, 5000):
        data = os.urandom(size)
        text = stack.ask("base45", bytes=data).encode()
        t.equal(f"base45_of_{size}_bytes_is_theirs", tbc("base45", stdin=data)[:2], (0, text + b"\n"))
        t.equal(f"their_base45_of_{size}_bytes_is_decoded", tbc("base45", "-d", stdin=text)[:2], (0, data))


def they_read_the_stations(t, stack, alg, work):
    """A certificate that a running tbc-station issued."""
    with railway.station(work, alg) as data:
        text = railway.issue(data)
        trust = check_trust(t, stack, f"a_stations_trust_list_{alg}", data / "trust.cose")
        check_certificate(t, stack, f"a_stations_certificate_{alg}", text, station_key(trust))


# ---- we read what they sign


def key_files(where, alg, made):
    """The forms in which a stranger hands a key over."""
    der = base64.b64decode("".join(made["pem"].strip().splitlines()[1:-1]))
    forms = {
        "pem": made["pem"],
        "der": der,
        "jwk": json.dumps(made["jwk"]),
        "cose": made["cose"],
        "cose_hex": made["cose"].hex() + "\n",
        **made.get("more", {}),
    }
    return {form: write(where / f"{alg}.{form}", contents) for form, contents in forms.items()}


def layouts(stack, alg):
    """Protected and unprotected headers, as this stack can place them."""
    number, kid = ALGS[alg], b"key-1"
    found = {"both_protected": ({1: number, 4: kid}, {}), "kid_unprotected": ({1: number}, {4: kid})}
    if "bare" in stack.can:
        found["all_unprotected"] = ({}, {1: number, 4: kid})
    if "typ" in stack.can:
        found["with_typ"] = ({1: number, 4: kid, 16: "application/x+cwt"}, {})
    return found


def verify(message, key, work, *options):
    return tbc("cose", "verify", "--key", key, *options, write(work / "message", message))[:2]


def we_read_theirs(t, stack, alg, work):
    made = stack.ask("make", alg=alg, name="")
    keys = key_files(work, alg, made)
    payload = b"what a stranger says"
    good = (0, payload.hex().encode() + b"\n")
    for layout, headers in layouts(stack, alg).items():
        message = stack.sign(headers, payload)
        name = f"their_{alg}_{layout}"
        t.equal(f"{name}_is_verified", verify(message, keys["pem"], work), good)
        t.equal(f"{name}_is_verified_untagged", verify(message[1:], keys["pem"], work), good)
        t.equal(f"{name}_is_verified_tagged_as_cwt", verify(b"\xd8\x3d" + message, keys["pem"], work), good)
        t.equal(f"{name}_is_verified_in_hex", verify(message.hex().encode(), keys["pem"], work), good)
        if "aad" in stack.can:
            check_aad(t, stack, name, headers, (keys["pem"], work))
    headers = layouts(stack, alg)["both_protected"]
    message = stack.sign(headers, payload)
    for form, path in keys.items():
        t.equal(f"their_{alg}_key_is_read_as_{form}", verify(message, path, work), good)
    for size in (0, 23, 24, 255, 256, 4096):
        body = os.urandom(size)
        wanted = (0, body.hex().encode() + b"\n")
        got = verify(stack.sign(headers, body), keys["cose"], work)
        t.equal(f"their_{alg}_payload_of_{size}_bytes_is_verified", got, wanted)
    check_our_refusals(t, alg, message, payload, (keys["pem"], work))
    other = key_files(work, alg + "-other", stack.ask("make", alg=alg, name="other"))
    t.equal(f"their_{alg}_by_another_key_is_refused", verify(message, other["pem"], work)[0], 1)
    if "drop" in stack.can:
        check_detached(t, stack, alg, (keys["pem"], work))


def check_aad(t, stack, name, headers, place):
    key, work = place
    aad = b"outside"
    message = stack.sign(headers, b"what a stranger says", aad=aad)
    codes = [verify(message, key, work, *options)[0] for options in (["--aad", aad.hex()], [], ["--aad", "00"])]
    t.equal(f"{name}_with_aad_is_verified_with_it_alone", codes, [0, 1, 1])


def check_our_refusals(t, alg, message, payload, place):
    key, work = place
    places = {"signature": len(message) - 1, "payload": message.find(payload), "header": message.find(b"key-1")}
    for part, at in places.items():
        got = verify(flip(message, at), key, work)
        t.equal(f"their_{alg}_with_another_{part}_is_refused", got, (1, b""))
    cuts = [verify(message[:n], key, work) for n in range(0, len(message), 7)]
    t.equal(f"their_{alg}_cut_anywhere_is_malformed", set(cuts), {(4, b"")})
    t.equal(f"their_{alg}_with_more_behind_is_malformed", verify(message + b"\0", key, work), (4, b""))
    t.equal(f"garbage_for_{alg}_is_malformed", verify(b"\xff" * 40, key, work), (4, b""))


def check_detached(t, stack, alg, place):
    key, work = place
    body, other = write(work / "body", b"apart"), write(work / "other", b"Apart")
    message = stack.sign(({1: ALGS[alg]}, {}), b"apart", detached=True)
    codes = [verify(message, key, work, *options)[0] for options in (["--payload", body], ["--payload", other], [])]
    t.equal(f"their_{alg}_detached_is_verified_with_its_payload_alone", codes, [0, 1, 2])


# ---- they issue what we accept


def low(message, alg):
    """Of the two signatures that ECDSA holds for equal the railway takes the one with the lower s."""
    s = int.from_bytes(message[-32:], "big")
    return message[:-32] + min(s, P256 - s).to_bytes(32, "big") if alg == "ES256" else message


def high(message):
    s = int.from_bytes(message[-32:], "big")
    return message[:-32] + max(s, P256 - s).to_bytes(32, "big")


class Signer:
    """A station, or a phone, whose software is the stranger's."""

    def __init__(self, stack, alg, name, work):
        self.stack, self.alg, self.name = stack, alg, name
        made = stack.ask("make", alg=alg, name=name)
        whole = stack.ask("decode", bytes=made["cose"])
        # in its required members and in order, as the thumbprint of RFC 9679 wants it
        self.key = {label: whole[label] for label in (1, -1, -2, -3) if label in whole}
        self.kid = kid_of(stack, self.key)
        self.pem = write(work / f"{name}.pem", made["pem"])

    def sign(self, typ, claims):
        header = {1: ALGS[self.alg], 4: self.kid, 16: typ}
        return low(self.stack.sign((header, {}), self.stack.ask("encode", value=claims), self.name), self.alg)


STATUS_URI = "https://stranger.example/s/1"


def their_claims(now, cnf=None):
    claims = {1: "STR", 4: now - 60 + 86400, 6: now - 60, 7: bytes(range(16))}
    if cnf:
        claims[8] = {1: cnf}
    holder = {1: bytes(16), 2: 1, 3: "M*** R***", 4: 1, 5: 2, 6: 2 if cnf else 1, 7: "en"}
    return {**claims, 65535: {"status_list": {"idx": 5, "uri": STATUS_URI}}, -70001: holder}


def their_status(now, revoked):
    lst = zlib.compress(bytes([0, 0x04 if revoked else 0]) + bytes(98))  # two bits each: 5 is there
    return {2: STATUS_URI, 4: now + 600, 6: now - 30, 65533: {"lst": lst, "bits": 2}, 65534: 300}


def they_issue(t, stack, alg, work):
    where = work / f"issuer-{alg}"
    where.mkdir()
    issuer = Signer(stack, alg, "issuer", where)
    start = railway.rfc3339(int(time.time()) - 3600)
    trust = railway.make_trust(where, issuer.pem, "STR", STATUS_URI, start)
    now = int(time.time())
    good, bad = (
        write(where / f"status-{r}", issuer.sign("application/statuslist+cwt", their_status(now, r)))
        for r in (False, True)
    )

    def judged(message, status=good):
        text = "TBC1:" + stack.ask("base45", bytes=message)
        at = ["--at", railway.rfc3339(now)]
        code, out, _ = tbc("verify", "--trust", trust, "--status", status, *at, stdin=text.encode())
        return code, out.decode().strip()

    check_their_certificate(t, issuer, now, judged, (good, bad))
    phone = Signer(stack, alg, "phone", where)
    check_their_phone(t, issuer, phone, now, judged)


def check_their_certificate(t, issuer, now, judged, lists):
    alg, good, bad = issuer.alg, *lists
    paper = issuer.sign(TYP % "cert", their_claims(now))
    t.equal(f"their_{alg}_certificate_is_accepted", judged(paper), (0, "ACCEPTED_OFFLINE"))
    t.equal(f"their_{alg}_status_list_revokes_it", judged(paper, bad), (1, "REVOKED"))
    for name, path, value in (("good", good, b"0\n"), ("bad", bad, b"1\n")):
        got = tbc("status", "get", "--list", path, "--idx", "5", "--key", issuer.pem)[:2]
        t.equal(f"their_{alg}_status_list_is_read_when_{name}", got, (0, value))
    t.equal(f"their_{alg}_altered_certificate_is_refused", judged(flip(paper, len(paper) - 1)), (1, "BAD_SIGNATURE"))
    other = issuer.sign("application/x+cwt", their_claims(now))
    t.equal(f"their_{alg}_certificate_of_another_type_is_refused", judged(other)[1], "UNSUPPORTED_VERSION")
    unsorted = issuer.sign(TYP % "cert", dict(reversed(their_claims(now).items())))
    t.equal(f"their_{alg}_unsorted_claims_are_malformed", judged(unsorted), (4, "MALFORMED"))
    if alg == "ES256":
        t.equal("their_higher_s_is_refused_of_a_certificate", judged(high(paper)), (1, "BAD_SIGNATURE"))
        where = issuer.pem.parent
        t.equal("their_higher_s_is_a_good_signature_elsewhere", verify(high(paper), issuer.pem, where)[0], 0)


def check_their_phone(t, issuer, phone, now, judged):
    alg = issuer.alg
    bound = issuer.sign(TYP % "cert", their_claims(now, phone.key))
    t.equal(f"their_{alg}_bound_certificate_needs_its_proof", judged(bound), (1, "PROOF_MISSING"))
    proof = phone.sign(TYP % "live", {6: now, -70002: bound})
    t.equal(f"their_{alg}_live_proof_is_accepted", judged(proof), (0, "ACCEPTED_OFFLINE"))
    late = phone.sign(TYP % "live", {6: now - 60, -70002: bound})
    t.equal(f"their_{alg}_old_proof_is_stale", judged(late), (1, "PROOF_STALE"))
    forged = issuer.sign(TYP % "live", {6: now, -70002: bound})
    t.equal(f"their_{alg}_proof_by_another_key_is_refused", judged(forged), (1, "BAD_SIGNATURE"))
    if alg == "ES256":
        t.equal("their_higher_s_is_accepted_of_a_proof", judged(high(proof)), (0, "ACCEPTED_OFFLINE"))


def is_installed(name):
    facts = STACKS[name]
    if shutil.which(facts["command"][0]) is None:
        return False
    if "npm" in facts:
        return (PACKAGES / facts["npm"]).is_dir()
    return run(facts["command"][0], *facts["probe"])[0] == 0


def main(name):
    if not is_installed(name):
        missing(f"interop/{name}", name)
    t = Checks(f"interop/{name}")
    stack = Stack(name)
    with folder() as work:
        for alg in ("ES256", "EdDSA"):
            if alg in stack.algs:
                with t.part(f"they_read_ours_{alg}"):
                    they_read_ours(t, stack, alg, work)
                if "typ" in stack.can:
                    with t.part(f"they_issue_{alg}"):
                        they_issue(t, stack, alg, work)
        with t.part("we_share_base45"):
            we_share_base45(t, stack)
        for alg in stack.algs:
            with t.part(f"they_read_the_stations_{alg}"):
                they_read_the_stations(t, stack, alg, work)
            with t.part(f"we_read_theirs_{alg}"):
                we_read_theirs(t, stack, alg, work)
    stack.close()
    t.finish()


if __name__ == "__main__":
    main(sys.argv[1])
