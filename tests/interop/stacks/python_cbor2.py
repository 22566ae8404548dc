"""python3-cbor2 for CBOR and python3-cryptography for signatures; COSE_Sign1 by hand (RFC 9052 sec. 4.4)."""

import base64
import json
import sys

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

CURVES = {1: ec.SECP256R1(), 2: ec.SECP384R1(), 3: ec.SECP521R1()}
HASHES = {-7: hashes.SHA256(), -35: hashes.SHA384(), -36: hashes.SHA512()}
NAMES = {"ES256": 1, "ES384": 2, "ES512": 3}
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

keys = {}  # private, by the names of "make"


def to_json(value):
    if isinstance(value, bytes):
        return {"h": value.hex()}
    if isinstance(value, dict):
        return {"m": [[to_json(k), to_json(v)] for k, v in value.items()]}
    if isinstance(value, cbor2.CBORTag):
        return to_json(value.value)
    return [to_json(v) for v in value] if isinstance(value, list) else value


def from_json(value):
    if isinstance(value, dict):
        if "h" in value:
            return bytes.fromhex(value["h"])
        return {from_json(k): from_json(v) for k, v in value["m"]}
    return [from_json(v) for v in value] if isinstance(value, list) else value


def field_len(key):
    return (key.curve.key_size + 7) // 8


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def annotated(cose):
    alg = {1: -7, 2: -35, 3: -36}[cose[-1]]
    return cbor2.dumps({**cose, 2: b"key-1", 3: alg, 4: [2], "note": "members of a stranger's own"})


def make(alg, name):
    if alg == "EdDSA":
        own = ed25519.Ed25519PrivateKey.generate()
        x = own.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(x)}
        cose, more = {1: 1, -1: 6, -2: x}, {}
    else:
        own = ec.generate_private_key(CURVES[NAMES[alg]])
        n, size = own.public_key().public_numbers(), field_len(own)
        x, y = n.x.to_bytes(size, "big"), n.y.to_bytes(size, "big")
        jwk = {"kty": "EC", "crv": f"P-{own.curve.key_size}", "x": base64url(x), "y": base64url(y), "use": "sig"}
        cose = {1: 2, -1: NAMES[alg], -2: x, -3: y}
        # only the sign of y (RFC 9053 sec. 7.1.1), and members that say what the key is for
        more = {"cose_compressed": cbor2.dumps({**cose, -3: bool(n.y & 1)}), "cose_annotated": annotated(cose)}
    keys[name] = own
    pem = own.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {"pem": pem.decode(), "jwk": jwk, "cose": cbor2.dumps(cose), "more": more}


def to_be_signed(protected, aad, payload):
    return cbor2.dumps(["Signature1", protected, aad, payload])


def sign(name, protected, unprotected, payload, aad=b"", detached=False):
    own = keys[name]
    alg = protected.get(1, unprotected.get(1))
    header = cbor2.dumps(protected) if protected else b""
    data = to_be_signed(header, aad, payload)
    if alg == -8:
        signature = own.sign(data)
    else:
        r, s = utils.decode_dss_signature(own.sign(data, ec.ECDSA(HASHES[alg])))
        signature = r.to_bytes(field_len(own), "big") + s.to_bytes(field_len(own), "big")
    return cbor2.dumps(cbor2.CBORTag(18, [header, unprotected, None if detached else payload, signature]))


def verify(alg, key, data, signature):
    if alg == -8:
        ed25519.Ed25519PublicKey.from_public_bytes(key[-2]).verify(signature, data)
        return
    half = len(signature) // 2
    x, y, r, s = (int.from_bytes(b, "big") for b in (key[-2], key[-3], signature[:half], signature[half:]))
    public = ec.EllipticCurvePublicNumbers(x, y, CURVES[key[-1]]).public_key()
    public.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(HASHES[alg]))


def open_message(message, key, aad=b""):
    header, unprotected, payload, signature = cbor2.loads(message).value
    protected = cbor2.loads(header) if header else {}
    alg = protected.get(1, unprotected.get(1))
    verify(alg, cbor2.loads(key), to_be_signed(header, aad, payload), signature)
    return [protected, unprotected, payload]


def base45(data):
    text = ""
    for i in range(0, len(data), 2):
        pair = data[i : i + 2]
        n = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            n, letter = divmod(n, 45)
            text += LETTERS[letter]
    return text


def unbase45(text):
    data = b""
    for i in range(0, len(text), 3):
        part = text[i : i + 3]
        n = sum(LETTERS.index(letter) * 45**at for at, letter in enumerate(part))
        data += n.to_bytes(len(part) - 1, "big")
    return data


DO = {
    "make": make,
    "sign": sign,
    "open": open_message,
    "encode": lambda value: cbor2.dumps(value),
    "decode": lambda bytes: cbor2.loads(bytes),
    "base45": lambda bytes: base45(bytes),
    "unbase45": unbase45,
}

for line in sys.stdin:
    request = {name: from_json(value) for name, value in json.loads(line).items()}
    try:
        answer = {"ok": to_json(DO[request.pop("do")](**request))}
    except InvalidSignature:
        answer = {"refused": True}
    except Exception as e:  # pylint: disable=broad-except
        answer = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
