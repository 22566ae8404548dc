#!/usr/bin/env python3
"""An identity authority for tests: TLS with a throw-away CA, and every way to answer wrongly.

usage: authority_fake.py DIR [PORT]   makes DIR/ca.pem, other.pem and its own certificate if they
are not there, prints "ready PORT", and ends with its standard input.  The last digits of the
number choose what it does; it prints one line a request.  Asked with a picture it compares, and
the digits are the score.
"""

import base64

import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
import time


FOLDER = sys.argv[1]


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stderr=subprocess.DEVNULL)


def make_ca(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=" + name, "-days", "2", "-keyout", f"{folder}/{name}.key",
            "-out", f"{folder}/{name}.pem")


def make_certificate(folder):
    make_ca(folder, "ca")
    make_ca(folder, "other")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=localhost", "-keyout", f"{folder}/server.key",
            "-out", f"{folder}/server.csr")
    with open(f"{folder}/san", "w", encoding="ascii") as f:
        f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", f"{folder}/server.csr", "-CA", f"{folder}/ca.pem",
            "-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", f"{folder}/san", "-out", f"{folder}/server.pem")


class Authority(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_args):
        pass

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_much(self):
        self.send_response(200)
        self.send_header("Content-Length", str(100 << 20))
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" " * (1 << 20))

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        what = asked["number"][-3:]
        print("asked", what, flush=True)
        who = {"name": "Zebedea Quuxworth", "latin": "Zebedea"}
        good = {**who, "template": "00" * 2048}
        try:
            if "photo" in asked and what != "669":
                picture = base64.b64decode(asked["photo"], validate=True)
                if not picture.startswith(b"\xff\xd8"):
                    self.answer(400, b"{}")
                else:
                    self.answer(200, json.dumps({**who, "score": int(what)}).encode())
                return
            if what == "404":
                self.answer(404, b"{}")
            elif what == "500":
                self.answer(500, b"{}")
            elif what == "408":
                time.sleep(3)
            elif what == "666":
                self.answer(200, b'{"name": [[[')
            elif what == "667":
                self.answer(200, json.dumps({**good, "more": 1}).encode())
            elif what == "777":
                with open(FOLDER + "/photo.jpg", "rb") as f:
                    photo = base64.b64encode(f.read()).decode()
                self.answer(200, json.dumps({**who, "photo": photo}).encode())
            elif what == "778":
                photo = base64.b64encode(b"no picture").decode()
                self.answer(200, json.dumps({**who, "photo": photo}).encode())
            elif what == "779":
                self.answer(200, json.dumps(who).encode())
            elif what == "100":
                self.answer_much()
            elif what == "302":
                self.send_response(302)
                self.send_header("Location", "https://127.0.0.1:1/")
                self.end_headers()
            else:
                self.answer(200, json.dumps(good).encode())
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass


def main():
    folder = FOLDER
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(f"{folder}/server.pem"):
        make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Authority)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    print("ready", server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
