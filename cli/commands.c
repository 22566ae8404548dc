#include "commands.h"

/* clang-format off */
const struct cli_command cli_commands[] = {
    { "verify", "judge a QR text offline",
      "--trust TRUST [--root KEY] [--min-version N] [--status LIST]... [--manifest FILE]\n"
      "           [--station CODE] [--at TIME] [--json] [FILE]\n"
      "  TRUST, LIST, FILE of --manifest: as the station signs them; KEY pins the root", cli_verify },
    { "inspect", "decode a QR text, or anything signed, without judging",
      "[--json] [FILE]\n"
      "  FILE: a QR text, or a COSE_Sign1 in binary or hexadecimal: a list, a CWT of others", cli_inspect },
    { "scan", "find QR codes in pictures", "[--json] IMAGE...", cli_scan },
    { "qr", "draw a QR text as UTF-8 blocks or PNG", "[--png FILE] [FILE]", cli_qr },
    { "cose verify", "check any COSE_Sign1 and print its payload (RFC 9052)",
      "--key KEY [--aad HEX] [--payload FILE] [--json] [FILE]\n"
      "  KEY: PEM, DER, X.509 certificate, JWK or COSE_Key; FILE: binary or hexadecimal;\n"
      "  --payload: when it is detached",
      cli_cose_verify },
    { "cbor check", "well-formed, and deterministic (RFC 8949 sec. 4.2.1)?",
      "[--hex] [--json] [FILE]\n"
      "  FILE: binary, with --hex hexadecimal text", cli_cbor_check },
    { "cbor diag", "print diagnostic notation (RFC 8949 sec. 8)",
      "[--hex] [--json] [FILE]", cli_cbor_diag },
    { "sig verify", "check one raw signature",
      "--key KEY --alg ES256|ES384|ES512|ES256K|EdDSA|Ed448|SM2 --sig HEX [--der]\n"
      "           [--id TEXT] [--json] [FILE]\n"
      "  KEY: PEM, DER, X.509 certificate, JWK or COSE_Key; --id: the signer's identifier of SM2", cli_sig_verify },
    { "base45", "encode, or decode with -d (RFC 9285)", "[-d] [--json] [FILE]", cli_base45 },
    { "status get", "one value of a Token Status List (CWT form)",
      "--list FILE --idx N [--key KEY] [--uri URI] [--at TIME] [--json]\n"
      "  FILE: binary or hexadecimal; --uri: its sub must be that; --at: it must be good then", cli_status_get },
    { "status delta", "what makes one version of a status list of another",
      "--from FILE --to FILE [--out FILE] [--json]", cli_status_delta },
    { "status apply", "the next version of a status list from this one and a delta",
      "--list FILE --delta FILE [--key KEY] [--out FILE] [--json]", cli_status_apply },
    { "log verify-inclusion", "check an RFC 6962 audit path",
      "--leaf HEX|--leaf-hash HEX --index N --size N --root HEX [--proof HEX]... [--json]", cli_log_inclusion },
    { "log verify-consistency", "check an RFC 6962 consistency proof",
      "--size1 N --size2 N --root1 HEX --root2 HEX [--proof HEX]... [--json]", cli_log_consistency },
    { "log verify-checkpoint", "check a signed checkpoint, and that it continues an older one",
      "--key KEY|--trust TRUST [--old FILE [--proof HEX]...] [--at TIME] [--json] [FILE]\n"
      "  says no to a split view, a smaller log and a proof that does not join the two", cli_log_checkpoint },
    { "log root", "the root hash of the leaves in a file",
      "[--size N] [--hashes] [--json] [FILE]\n"
      "  FILE: one leaf a line in hexadecimal, an empty line for the empty leaf; --hashes: their hashes", cli_log_root },
    { "log prove-inclusion", "the audit path of a leaf of a file",
      "--index N [--size N] [--hashes] [--json] [FILE]", cli_log_prove_inclusion },
    { "log prove-consistency", "the proof that a file's tree continues that of its first leaves",
      "--size1 N [--size2 N] [--hashes] [--json] [FILE]", cli_log_prove_consistency },
    { "trust make", "begin a trust list",
      "--root KEY [--root KEY] --out FILE [--warn TIME] [--expires TIME] [--pass-file FILE]\n"
      "           [--json]", cli_trust_make },
    { "trust add", "add a station's key to a list, raising its version",
      "--list FILE --station CODE --key KEY --status-uri URI [--from TIME] [--to TIME]\n"
      "           [--pass-file FILE]\n"
      "  KEY: public, or private in a file or a token (pkcs11:...), of which the public half is taken",
      cli_trust_add },
    { "trust roll", "put the railway's next root key into a list",
      "--list FILE --root KEY [--pass-file FILE] [--json]", cli_trust_roll },
    { "trust end", "end a key: certificates of before stay good; a root goes at once",
      "--list FILE [--at TIME|--remove] [--json] KID\n"
      "  --remove: as if the key had never been there", cli_trust_end },
    { "trust renew", "give a list another year, and the keys that end with it",
      "--list FILE [--warn TIME] [--expires TIME] [--json]", cli_trust_renew },
    { "trust sign", "sign a list with the railway's root key, or with the present and the next",
      "--list FILE --root KEY [--also NEXT] --out FILE [--pass-file FILE] [--json]\n"
      "  KEY, NEXT: a private file, or a token's key as pkcs11:token=...;object=...?pin-source=FILE", cli_trust_sign },
    { "trust show", "print a list and how old it is; a signed one is checked",
      "[--root KEY] [--at TIME] [--json] [FILE]", cli_trust_show },
    { "keys make", "make a signing key, 0600 or in a token, and print its public half",
      "--out FILE|--pkcs11 URI [--alg ES256|ES384|ES512|EdDSA|SM2]\n"
      "           [--profile international|sm] [--encrypt] [--pass-file FILE]\n"
      "           [--out-form pem|der|jwk|cose] [--json]\n"
      "  --encrypt    under a pass phrase: of --pass-file (0600, or a pipe), or asked on the terminal\n"
      "  --pkcs11     pkcs11:token=T;object=NAME?pin-source=FILE; the key never leaves the token", cli_keys_make },
    { "keys show", "print what a key is, and its public half",
      "[--out-form pem|der|jwk|cose] [--pass-file FILE] [--json] [KEY]\n"
      "  KEY: PEM, DER, JWK or COSE_Key, private or public, a token's URI, or - for standard input", cli_keys_show },
    { "keys rotate", "make a station's next key and put it into the draft of a list",
      "--list FILE --station CODE --out FILE|--pkcs11 URI [--alg ALG] [--from TIME]\n"
      "           [--to TIME] [--overlap HOURS] [--encrypt] [--pass-file FILE] [--json]\n"
      "  the old key still serves for --overlap, 24 hours, after --from, which is now unless said;\n"
      "  nothing is replaced; what remains to be done is said\n"
      "  --sealing [--data DIR]: instead, the key that seals the station's database\n"
      "  --pseudonym [--data DIR]: instead, the key of the pseudonyms in certificates", cli_keys_rotate },
    { "id check", "judge a document number",
      "[--kind cn|passport|hkm|tw] [--json] NUMBER", cli_id_check },
    { "import people", "take in the roster, all rows or none",
      "[--photos DIR] [--models DIR] [--device FILE] [--json] CSV\n"
      "  columns kind,number,name and, if you like, latin,photo,until (the last day of the photo)", cli_import_people },
    { "import tickets", "take in tickets, all rows or none",
      "[--device FILE] [--json] CSV\n"
      "  columns kind,number,train,depart,from,to and, if you like,\n"
      "  from_zh,from_en,to_zh,to_en,seat,platform", cli_import_tickets },
    { "device add", "enrol a kiosk, gate or handheld; prints its file",
      "--role kiosk|gate|patrol|operator --name NAME [--out FILE] [--device FILE] [--json]", cli_device_add },
    { "device list", "the fleet", "[--device FILE] [--json]", cli_device_list },
    { "device revoke", "refuse a device from now on", "[--device FILE] [--json] NAME", cli_device_revoke },
    { "gate status", "how the gates are, by their own word",
      "[--device FILE] [--json] [NAME]\n"
      "  0: all in order, 1: one is not, or was silent for a minute, 3: not known", cli_gate_status },
    { "issue", "issue a certificate with an officer's approval",
      "--number NUMBER --officer NAME --reason WORD [--kind cn|passport|hkm|tw]\n"
      "           [--medium paper] [--device FILE] [--json]", cli_issue },
    { "revoke", "revoke a certificate", "--reason WORD [--device FILE] [--json] CTI", cli_revoke },
    { "show", "the record of a certificate; the look is recorded too",
      "[--reason WORD] [--device FILE] [--json] CTI", cli_show },
    { "history", "what was done with a certificate, each line proved",
      "[--trust TRUST] [--reason WORD] [--device FILE] [--json] CTI|FILE\n"
      "  FILE: the QR text, which its holder shows; a look by CTI is recorded with its reason;\n"
      "  TRUST: the station's own, held against the root in the device's file", cli_history },
    { "audit verify", "rebuild the journal of a station that is not running, and compare",
      "[--data DIR] [--database WHERE] [--trust TRUST] [--old CHECKPOINT] [--json]\n"
      "  DIR: /var/lib/tbc; WHERE: DIR/station.db; TRUST: DIR/trust.cose; CHECKPOINT: a witness's",
      cli_audit_verify },
    { "export", "everything that is held about one person, as JSON",
      "--number NUMBER|- --reason WORD [--kind cn|passport|hkm|tw]\n"
      "           [--device FILE] [--json]\n"
      "  -: the number is read from standard input; the look is recorded with its reason", cli_export },
    { "backup", "copy the database of a station that is running",
      "[--data DIR] [--device FILE] [--json] [OUT]\n"
      "  DIR: /var/lib/tbc, the station's folder; without OUT the copy stays in DIR/backups;\n"
      "  with OUT goes OUT.manifest; neither holds a key", cli_backup },
    { "restore", "put a backup in the place of a stopped station's database",
      "[--data DIR] [--older-on-purpose] [--json] BACKUP\n"
      "  refused when the station has gone on since, unless it is on purpose; what was\n"
      "  there stays beside it, as NAME.replaced", cli_restore },
    { "erase", "erase everything that is held about one person",
      "--number NUMBER|- --reason WORD [--kind cn|passport|hkm|tw] [--now]\n"
      "           [--device FILE] [--json]\n"
      "  -: the number is read from standard input; --now: revoke what is still valid", cli_erase },
    { "stats", "the station's figures",
      "[--since TIME|24h|7d] [--device FILE] [--json]\n"
      "  certificates and presentations since then; refusals and times since the station started", cli_stats },
    { "doctor", "look at a station's folder, at the station, or both, and say the way out",
      "[--data DIR] [--device FILE] [--models DIR] [--json]\n"
      "           --gate DIR [--device FILE] [--json]\n"
      "  DIR is /var/lib/tbc unless said; 0: nothing failed, 1: something did, 3: could not look;\n"
      "  --gate: at a gate's folder instead, its device file /etc/tbc/NAME.device unless said", cli_doctor },
    { NULL, NULL, NULL, NULL },
};
/* clang-format on */
