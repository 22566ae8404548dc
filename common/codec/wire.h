/* What kiosks, gates, handhelds and the command line say to the station server: one CBOR
 * envelope a message, grammar in docs/wire.cddl.
 *
 *     request = [ 1, id: bstr .size 16, operation: uint, body: map ]
 *     reply   = [ 1, id: bstr .size 16, operation: uint, code: uint, body: map ]
 *     notice  = [ 1, number: uint, kind: uint, body: bstr ]          (the feed)
 *
 * Bodies are maps with small integer keys.  Each is a plain struct and a table of its fields, a
 * shape; one encoder and one decoder walk the tables, and so do the tests.  Fields that are empty
 * (zero, "", no items) and optional are left out. */
#ifndef TBC_CODEC_WIRE_H
#define TBC_CODEC_WIRE_H

#include "codec/cbor.h"
#include "rail/cert.h"
#include "rail/policy.h"
#include "rail/uses.h"
#include "rail/verdict.h"

#define TBC_WIRE_VERSION     1
#define TBC_WIRE_ID_LEN      16
#define TBC_WIRE_REQUEST_MAX (8u << 20) /* bytes of a request */
#define TBC_WIRE_HEARD_MAX \
    (9u                    \
     << 20) /* bytes that a server hears out, to say what is wrong; beyond, it hangs up */
#define TBC_WIRE_REPLY_MAX \
    (32u << 20)                 /* bytes a client reads: a manifest may be large */
#define TBC_WIRE_WORD_MAX    47 /* names, reasons */
#define TBC_WIRE_NOTE_MAX    96 /* two words of an officer and ": " */
#define TBC_WIRE_FRAMES_MAX  5
#define TBC_WIRE_FRAME_MAX   (1u << 20) /* bytes of one encoded picture */
#define TBC_WIRE_TRIPS_MAX   8
#define TBC_WIRE_EVENTS_MAX  64
#define TBC_WIRE_ROWS_MAX    64
#define TBC_WIRE_STATS_MAX   64
#define TBC_WIRE_FIGURES_MAX 512
#define TBC_WIRE_DEVICES_MAX 256
#define TBC_WIRE_LEAVES_MAX  64    /* of one HISTORY reply */
#define TBC_WIRE_SIGNED_MAX  512   /* bytes of a checkpoint */
#define TBC_WIRE_PROOF_MAX   2080  /* bytes: 65 node hashes */
#define TBC_WIRE_ADDRESS_MAX 127   /* tcp://HOST:PORT */
#define TBC_WIRE_PEERS_MAX   64    /* gates of one group */
#define TBC_WIRE_HOLDERS_MAX 256   /* bytes: 8 keys */
#define TBC_WIRE_LIST_MAX    16384 /* bytes of a list of peers */
#define TBC_TEMPLATE_LEN     2048  /* 512 float32, little endian */

_Static_assert(TBC_WIRE_ID_LEN == TBC_EVENT_LEN, "an event's id is a request's");

/* Roles come from the device's CURVE key, never from a message. */
enum tbc_role {
    TBC_ROLE_NONE = 0,
    TBC_ROLE_KIOSK = 1,
    TBC_ROLE_GATE = 2,
    TBC_ROLE_PATROL = 4,
    TBC_ROLE_OPERATOR = 8, /* the command line beside the server */
};

/* "kiosk" and back. */
const char *tbc_role_word(enum tbc_role role);
bool tbc_role_parse(struct tbc_span word, enum tbc_role *role);

/* name, number, roles that may, mutates (remembered by request id).  The last three are for gates
 * among themselves; a station does not know them. */
#define TBC_OP_LIST(X)                               \
    X(HELLO, 1, ALL, false)                          \
    X(APPLY, 2, KIOSK | TBC_ROLE_PATROL, true)       \
    X(ISSUE, 3, KIOSK | TBC_ROLE_PATROL, true)       \
    X(BIND, 4, NONE, true)                           \
    X(VERIFY, 5, ALL, false)                         \
    X(ENTER, 6, GATE, true)                          \
    X(EXIT, 7, GATE, true)                           \
    X(ANNUL, 8, GATE, true)                          \
    X(EVENTS, 9, GATE, true)                         \
    X(SNAPSHOT, 10, ALL, false)                      \
    X(LOOKUP, 11, PATROL | TBC_ROLE_OPERATOR, false) \
    X(ASSIST, 12, OPERATOR, true)                    \
    X(REVOKE, 13, PATROL | TBC_ROLE_OPERATOR, true)  \
    X(HISTORY, 14, ALL_BUT_GATE, false)              \
    X(STATS, 15, OPERATOR, false)                    \
    X(DEVICE, 16, OPERATOR, true)                    \
    X(IMPORT, 17, OPERATOR, true)                    \
    X(ERASE, 18, OPERATOR, true)                     \
    X(BACKUP, 19, OPERATOR, false)                   \
    X(EXPORT, 20, OPERATOR, false)                   \
    X(GREET, 21, NONE, false)                        \
    X(CLAIM, 22, NONE, false)                        \
    X(SHARE, 23, NONE, false)                        \
    X(HEALTH, 24, GATE, false)                       \
    X(GATES, 25, OPERATOR, false)

#define TBC_ROLE_ALL          15
#define TBC_ROLE_ALL_BUT_GATE 13

enum tbc_op {
#define X(name, number, roles, mutates) TBC_OP_##name = (number),
    TBC_OP_LIST(X)
#undef X
};

/* name, number, what a person reads */
#define TBC_CODE_LIST(X)                                          \
    X(FINE, 0, "done")                                            \
    X(BAD_REQUEST, 1, "the request is malformed")                 \
    X(UNSUPPORTED, 2, "the server does not know this operation")  \
    X(DENIED, 3, "this device may not do that")                   \
    X(CONFLICT, 4, "the request id was used for another request") \
    X(BUSY, 5, "the server is busy")                              \
    X(NOT_FOUND, 6, "not found")                                  \
    X(QUOTA, 7, "the month's certificates are used up")           \
    X(FACE_AGAIN, 8, "the face could not be compared, try again") \
    X(FACE_REFUSED, 9, "the face is another person's")            \
    X(BAD_PICTURE, 10, "no usable face in the pictures")          \
    X(LAPSED, 11, "the confirmation came too late")               \
    X(GUARDIAN, 12, "a guardian's consent is wanted")             \
    X(EXISTS, 13, "exists already")                               \
    X(TROUBLE, 14, "the server could not do it")

enum tbc_code {
#define X(name, number, text) TBC_CODE_##name = (number),
    TBC_CODE_LIST(X)
#undef X
};

/* Names of devices: 1..47 letters, digits, '-', '_', '.', as they stand in files and logs; no '-' or
 * '.' in front. */
bool tbc_device_name_is_valid(const char *name);

const char *tbc_op_name(enum tbc_op op);       /* "APPLY"; "?" for a number of none */
const char *tbc_code_name(enum tbc_code code); /* "BAD_REQUEST" */
const char *tbc_code_text(enum tbc_code code); /* the sentence */
bool tbc_op_is_known(uint64_t number);
bool tbc_op_permits(enum tbc_op op, enum tbc_role role);
bool tbc_op_mutates(enum tbc_op op);

/* The bodies.  A struct tbc_span is borrowed: from the caller when encoding, from the message
 * when decoding. */

struct tbc_hello {
    char software[TBC_WIRE_WORD_MAX + 1]; /* "tbc-gate 0.1.0" */
    char group[TBC_WIRE_ADDRESS_MAX +
               1]; /* where other gates reach this one; "": nowhere */
};

/* Opens the faces of the certificates of one day: crypto/facecode.h. */
struct tbc_face_key {
    struct tbc_utc day; /* its start */
    uint8_t key[32];
};
#define TBC_WIRE_FACE_KEYS_MAX 3 /* yesterday, today, tomorrow */

struct tbc_hello_reply {
    char station[TBC_TELECODE_MAX + 1];
    char station_zh[TBC_PLACE_MAX + 1];
    char station_en[TBC_PLACE_MAX + 1];
    char desk_zh[96]; /* the way to the staffed desk */
    char desk_en[96];
    char device[TBC_WIRE_WORD_MAX + 1]; /* the name this key has here */
    uint64_t role;                      /* enum tbc_role */
    struct tbc_utc now;
    struct tbc_policy policy;
    struct tbc_face_key
        faces[TBC_WIRE_FACE_KEYS_MAX]; /* for gates, when they compare faces */
    size_t faces_n;
};

struct tbc_apply {
    uint64_t kind; /* enum tbc_doc_kind */
    char number[TBC_NUMBER_MAX + 1];
    char language[4];
    uint64_t assurance; /* enum tbc_assurance: which liveness the device applied */
    bool guardian;      /* a guardian has consented */
    bool gate_face;     /* and the passenger to a face for gates in the certificate */
    struct tbc_span frames[TBC_WIRE_FRAMES_MAX]; /* JPEG or PNG, best first */
    size_t frames_n;
};

struct tbc_apply_reply {
    uint8_t handle[TBC_WIRE_ID_LEN]; /* for ISSUE */
    struct tbc_utc expires;          /* of the handle */
    char name[TBC_NAME_MAX + 1];     /* masked */
    char latin[TBC_NAME_MAX + 1];    /* masked, Latin letters; may be "" */
    char number[TBC_NUMBER_MAX + 1]; /* masked */
    uint64_t score;                  /* cosine x 1000 */
    uint64_t quota_left;             /* after this one */
    struct tbc_trip trips[TBC_WIRE_TRIPS_MAX];
    size_t trips_n;
};

struct tbc_issue {
    uint8_t handle[TBC_WIRE_ID_LEN];
    uint64_t medium; /* enum tbc_medium */
};

struct tbc_issue_reply {
    struct tbc_span
        certificate; /* COSE_Sign1 bytes; the QR text is tbc_token_encode of them */
    uint8_t cti[TBC_CTI_LEN];
    struct tbc_utc issued;
    struct tbc_utc expires;
    bool again; /* still the earlier certificate: shown once more, nothing counted */
    /* the newest checkpoint of the station's log, for the slip: its holder is a witness */
    uint64_t log_size;        /* 0: none is signed yet */
    struct tbc_span log_root; /* 32 bytes */
};

struct tbc_verify {
    struct tbc_span text; /* as scanned */
};

struct tbc_verify_reply {
    uint64_t verdict; /* enum tbc_verdict */
    struct tbc_utc time;
};

/* One presentation at a gate: asked online before it opens, or told afterwards.  Or that the barrier
 * had opened and nobody passed: told, always. */
struct tbc_entry {
    uint8_t event[TBC_WIRE_ID_LEN]; /* made by the gate, unique for ever */
    uint8_t cti[TBC_CTI_LEN];
    uint64_t verdict; /* what the gate found by itself; ANNUL: what is taken back */
    struct tbc_utc at;
    char train[TBC_TRAIN_MAX + 1]; /* the trip entered for; "" when refused before */
    struct tbc_utc depart;
    bool told;    /* it has happened already (offline): record, do not judge */
    uint64_t act; /* enum tbc_act; the same as the operation's, in EVENTS any */
    uint8_t of[TBC_WIRE_ID_LEN];    /* ANNUL: the event that did not happen */
    uint8_t holder[TBC_HOLDER_LEN]; /* pseudonym in the certificate; zeros: none */
};

struct tbc_entry_reply {
    uint8_t event[TBC_WIRE_ID_LEN];
    uint64_t verdict; /* asked: the answer; told: what was recorded */
    struct tbc_utc
        earlier;   /* ALREADY_ENTERED, or told and in conflict: the entry before */
    bool conflict; /* told: two people are in with one certificate, for one trip */
};

struct tbc_events {
    struct tbc_entry entries[TBC_WIRE_EVENTS_MAX]; /* all told */
    size_t entries_n;
};

struct tbc_events_reply {
    struct tbc_entry_reply entries[TBC_WIRE_EVENTS_MAX];
    size_t entries_n;
};

struct tbc_snapshot {
    uint64_t trust;    /* version one has; 0: none */
    uint64_t status;   /* iat of the list one has */
    uint64_t manifest; /* version one has */
    uint64_t log;      /* size of the checkpoint one has; 0: none */
    uint64_t peers;    /* version one has */
};

struct tbc_snapshot_reply {
    uint64_t feed;              /* number of the newest notice these contain */
    struct tbc_span trust;      /* signed; empty: what one has is the newest */
    struct tbc_span status;     /* the same */
    struct tbc_span manifest;   /* the same */
    struct tbc_span checkpoint; /* the newest, always; empty: none is signed */
    struct tbc_span joint;      /* node hashes: the proof from the size one has to it */
    struct tbc_span
        peers; /* tbc_wire_peers_shape, to gates; empty: what one has is the newest */
};

/* The gates of a station that share their entries when it is away. */
struct tbc_peer_row {
    char name[TBC_WIRE_WORD_MAX + 1];
    uint8_t key[32]; /* CURVE public key */
    char address[TBC_WIRE_ADDRESS_MAX + 1];
};

struct tbc_peers {
    uint64_t version; /* never goes back */
    struct tbc_peer_row
        rows[TBC_WIRE_PEERS_MAX]; /* in service, by name; the asker too */
    size_t rows_n;
};

struct tbc_lookup {
    uint8_t cti[TBC_CTI_LEN];
    char reason[TBC_WIRE_WORD_MAX + 1]; /* recorded, and the holder can read it */
};

struct tbc_lookup_reply {
    uint8_t cti[TBC_CTI_LEN];
    char name[TBC_NAME_MAX + 1]; /* masked */
    uint64_t kind;
    struct tbc_utc issued;
    struct tbc_utc expires;
    uint64_t status;
    char reason[TBC_WIRE_WORD_MAX + 1]; /* of the revocation */
    char device[TBC_WIRE_WORD_MAX + 1]; /* that issued it */
    uint64_t channel;
    uint64_t assurance;
    uint64_t medium;
    uint64_t entries;
    struct tbc_span certificate;
};

/* What was done with a certificate, by pages.  The holder shows it; an officer says why. */
struct tbc_history {
    uint8_t cti[TBC_CTI_LEN]; /* without text */
    struct tbc_span text;     /* as scanned; empty: an officer asks by cti */
    char reason[TBC_WIRE_WORD_MAX +
                1]; /* without text: recorded, the holder can read it */
    uint64_t from;  /* the first position that is of interest */
};

struct tbc_history_leaf {
    uint64_t position;
    struct tbc_span leaf; /* bytes, see codec/leaf.h */
    struct tbc_span
        proof;           /* node hashes; a position past the checkpoint has none yet */
    struct tbc_span key; /* of the note, 32 bytes; empty: none, or erased */
    char note[TBC_WIRE_NOTE_MAX + 1]; /* what the officer wrote */
};

struct tbc_history_reply {
    uint8_t cti[TBC_CTI_LEN];
    struct tbc_span checkpoint; /* signed; empty: none yet */
    struct tbc_history_leaf leaves[TBC_WIRE_LEAVES_MAX];
    size_t leaves_n;
    uint64_t next; /* ask again from there; 0: this was all */
};

struct tbc_revoke {
    uint8_t cti[TBC_CTI_LEN];
    char reason[TBC_WIRE_WORD_MAX + 1];
};

/* The desk officer's issue: no face check, an officer's approval. */
struct tbc_assist {
    uint64_t kind;
    char number[TBC_NUMBER_MAX + 1];
    char officer[TBC_WIRE_WORD_MAX + 1];
    char reason[TBC_WIRE_WORD_MAX + 1];
    uint64_t medium;
};

struct tbc_stat {
    char name[TBC_WIRE_WORD_MAX + 1];
    uint64_t value;
};

struct tbc_stats {
    struct tbc_utc since; /* of the figures; 0: of all times */
    bool detail;          /* the figures too */
};

/* One of many: verdicts of a gate, certificates of a channel. */
struct tbc_figure {
    char group[16]; /* issued, medium, verdict, exit, annul, refused, time */
    char of[TBC_WIRE_WORD_MAX + 1];
    char name[TBC_WIRE_WORD_MAX + 1];
    uint64_t value;
};

struct tbc_stats_reply {
    struct tbc_stat stats[TBC_WIRE_STATS_MAX];
    size_t stats_n;
    struct tbc_figure figures[TBC_WIRE_FIGURES_MAX]; /* only when asked for */
    size_t figures_n;
};

enum tbc_device_action {
    TBC_DEVICE_SHOW = 0,
    TBC_DEVICE_ADD = 1,
    TBC_DEVICE_REVOKE = 2,
};

struct tbc_device {
    uint64_t action;
    char name[TBC_WIRE_WORD_MAX + 1];
    uint64_t role;
    uint8_t key[32]; /* CURVE public key; ADD only */
};

struct tbc_device_row {
    char name[TBC_WIRE_WORD_MAX + 1];
    uint64_t role;
    struct tbc_utc added;
    struct tbc_utc revoked; /* { 0 }: in service */
    struct tbc_utc seen;    /* { 0 }: never */
    char address[TBC_WIRE_ADDRESS_MAX +
                 1]; /* of a gate that has peers, as it last said */
};

struct tbc_device_reply {
    struct tbc_device_row rows[TBC_WIRE_DEVICES_MAX];
    size_t rows_n;
};

/* Imports arrive in parts of one batch and take effect together with the last. */
struct tbc_import_person {
    uint64_t line; /* of the CSV, for errors */
    uint64_t kind;
    char number[TBC_NUMBER_MAX + 1];
    char name[TBC_NAME_MAX + 1];
    char latin[TBC_NAME_MAX + 1];
    struct tbc_span face; /* TBC_TEMPLATE_LEN bytes, or empty: officer only */
    struct tbc_utc until; /* the face is dropped then; { 0 }: stays with the person */
};

struct tbc_import_ticket {
    uint64_t line;
    uint64_t kind;
    char number[TBC_NUMBER_MAX + 1];
    struct tbc_trip trip;
};

struct tbc_import {
    uint8_t batch[TBC_WIRE_ID_LEN];
    uint64_t part; /* from 0, without gaps */
    bool last;
    struct tbc_import_person people[TBC_WIRE_ROWS_MAX];
    size_t people_n;
    struct tbc_import_ticket tickets[TBC_WIRE_ROWS_MAX];
    size_t tickets_n;
};

struct tbc_import_reply {
    uint64_t people; /* new or changed, with the last part */
    uint64_t tickets;
};

/* Everything that is held about one person goes. */
struct tbc_erase {
    uint64_t kind;
    char number[TBC_NUMBER_MAX + 1];
    char reason[TBC_WIRE_WORD_MAX +
                1]; /* a word: letters and '_', it stays in the log */
    bool now;       /* revoke what is still valid; else that is refused with EXISTS */
};

struct tbc_erase_reply {
    uint64_t people; /* 1: was on the roster */
    uint64_t tickets;
    uint64_t certificates;
    uint64_t entries;
};

/* A copy of the database in the station's own folder. */
struct tbc_backup_reply {
    char
        name[TBC_WIRE_WORD_MAX + 1]; /* in DATA/backups; with NAME.manifest beside it */
    uint64_t size;
    uint8_t sha256[32];
    uint64_t log_size;
    struct tbc_utc at;
};

/* Everything that is held about one person, for them, by pages: each list from that row on. */
struct tbc_export {
    uint64_t kind;
    char number[TBC_NUMBER_MAX + 1];
    char reason[TBC_WIRE_WORD_MAX + 1]; /* recorded with the first page */
    uint64_t from;
};

struct tbc_export_certificate {
    uint8_t cti[TBC_CTI_LEN];
    uint64_t idx; /* in the status list */
    struct tbc_utc issued;
    struct tbc_utc expires;
    struct tbc_utc revoked;             /* { 0 }: not */
    char reason[TBC_WIRE_WORD_MAX + 1]; /* of that */
    char device[TBC_WIRE_WORD_MAX + 1];
    char officer[TBC_WIRE_WORD_MAX + 1];
    char why[TBC_WIRE_WORD_MAX + 1];
    uint64_t leaf; /* position of its issue */
    struct tbc_span certificate;
};

struct tbc_export_entry {
    uint8_t cti[TBC_CTI_LEN];
    uint64_t verdict;
    struct tbc_utc at;
    char train[TBC_TRAIN_MAX + 1];
    struct tbc_utc depart;
    char device[TBC_WIRE_WORD_MAX + 1];
    bool conflict;
    uint64_t act; /* enum tbc_act */
};

struct tbc_export_look {
    uint8_t cti[TBC_CTI_LEN];
    char device[TBC_WIRE_WORD_MAX + 1];
    char reason[TBC_WIRE_WORD_MAX + 1];
    struct tbc_utc at;
};

struct tbc_export_reply {
    bool on_roster;
    char name[TBC_NAME_MAX + 1];
    char latin[TBC_NAME_MAX + 1];
    struct tbc_span face; /* the template; empty: none */
    struct tbc_utc until; /* of the face */
    struct tbc_trip tickets[TBC_WIRE_ROWS_MAX];
    size_t tickets_n;
    struct tbc_export_certificate certificates[TBC_WIRE_ROWS_MAX];
    size_t certificates_n;
    struct tbc_export_entry entries[TBC_WIRE_ROWS_MAX];
    size_t entries_n;
    struct tbc_export_look looks[TBC_WIRE_ROWS_MAX];
    size_t looks_n;
    struct tbc_history_leaf leaves[TBC_WIRE_LEAVES_MAX]; /* without proofs */
    size_t leaves_n;
    uint64_t next; /* ask again from there; 0: this was all */
};

/* What gates say to each other.  Numbers count rows of the journal that is named beside them: a
 * journal that was made anew counts anew. */

/* Each second, and the answer to it. */
struct tbc_greet {
    uint8_t journal[TBC_WIRE_ID_LEN]; /* the sender's */
    uint64_t newest;                  /* its newest row */
    uint64_t decided; /* the sender's claims up to this number came to an end */
    uint8_t yours
        [TBC_WIRE_ID_LEN]; /* the receiver's journal, as the sender knows it; zeros: not */
    uint64_t have;         /* what the sender has of it */
};

/* Before a gate opens: may I let this one in? */
struct tbc_claim {
    uint64_t number; /* rises with each claim of a gate, also over its restarts */
    struct tbc_entry entries[1];
    size_t entries_n; /* 1 */
};

enum tbc_claim_answer {
    TBC_CLAIM_AGREED = 0,    /* and remembered, until the claim has come to an end */
    TBC_CLAIM_ENTERED = 1,   /* has entered, when `at` says */
    TBC_CLAIM_CONTENDED = 2, /* is being let in elsewhere just now */
};

struct tbc_claim_reply {
    uint8_t event[TBC_WIRE_ID_LEN];
    uint64_t answer;
    struct tbc_utc at;
    /* AGREED: the keys, 32 bytes each, of other gates that have claimed the same and not yet said
     * what came of it */
    struct tbc_span holders;
};

/* What others should know of the sender's journal, in the order of its rows. */
struct tbc_share {
    uint8_t journal[TBC_WIRE_ID_LEN];
    uint64_t from; /* all of it above this row ... */
    uint64_t upto; /* ... up to this one */
    struct tbc_entry entries[TBC_WIRE_EVENTS_MAX];
    size_t entries_n;
};

struct tbc_share_reply {
    uint8_t journal[TBC_WIRE_ID_LEN];
    uint64_t have; /* send what is above it */
};

/* How a gate is, said by itself every ten seconds. */
struct tbc_health {
    char software[TBC_WIRE_WORD_MAX + 1]; /* "tbc-gate 0.1.0" */
    struct tbc_utc started;
    bool online;          /* in the gate's own mode ... */
    struct tbc_utc since; /* ... since then */
    struct tbc_utc clock; /* its own */
    struct tbc_utc trust; /* when its lists were made; { 0 }: it has none */
    struct tbc_utc status;
    struct tbc_utc manifest;
    struct tbc_utc verdict; /* its last; { 0 }: none since the start */
    uint64_t accepted;      /* since the start */
    uint64_t refused;
    uint64_t backlog;   /* entries that the station does not know yet */
    uint64_t conflicts; /* entries of its journal that the station called so */
    uint64_t ills;      /* rail/gate_ills.h: bits */
    uint64_t peers;     /* other gates that it hears */
};

/* The gates of the fleet, or that one. */
struct tbc_gates {
    char name[TBC_WIRE_WORD_MAX + 1]; /* "": all */
};

struct tbc_gate_row {
    char name[TBC_WIRE_WORD_MAX + 1];
    struct tbc_utc at; /* of its last word; { 0 }: none since the station started */
    struct tbc_health health;
};

struct tbc_gates_reply {
    struct tbc_utc now;
    struct tbc_gate_row rows[TBC_WIRE_DEVICES_MAX];
    size_t rows_n;
};

/* The body of every reply whose code is not FINE. */
struct tbc_problem {
    char what[TBC_WIRE_WORD_MAX +
              1]; /* the field or the cause, English, no personal data */
    uint64_t offset;
    uint64_t line;       /* IMPORT */
    uint64_t wait_ms;    /* BUSY */
    uint64_t tries_left; /* FACE_AGAIN, BAD_PICTURE */
    uint64_t score;      /* FACE_AGAIN, FACE_REFUSED: cosine x 1000, 0 when below 0 */
};

/* One row of a shape. */
enum tbc_wire_type {
    TBC_WIRE_UINT,  /* uint64_t */
    TBC_WIRE_COUNT, /* int64_t, never negative */
    TBC_WIRE_TIME,  /* struct tbc_utc, never negative */
    TBC_WIRE_BOOL,  /* bool */
    TBC_WIRE_TEXT,  /* char[size], UTF-8, NUL-terminated */
    TBC_WIRE_FIXED, /* uint8_t[size]; optional: all zero says nothing */
    TBC_WIRE_BYTES, /* struct tbc_span of at most size bytes */
    TBC_WIRE_SPANS, /* array of struct tbc_span, at most size, count beside it; bytes each
                       <= TBC_WIRE_FRAME_MAX */
    TBC_WIRE_LIST, /* array of item structs, at most size, count beside it */
};

struct tbc_wire_shape;

struct tbc_wire_field {
    uint8_t key;
    enum tbc_wire_type type;
    bool optional;
    const char *name;                  /* as in docs/wire.cddl */
    size_t offset;                     /* of the value in the struct */
    size_t size;                       /* bytes or items, see the type */
    size_t count;                      /* SPANS, LIST: offset of the size_t count */
    const struct tbc_wire_shape *item; /* LIST: flat, itself without LIST */
};

struct tbc_wire_shape {
    const char *name;                    /* as in docs/wire.cddl */
    size_t size;                         /* of the struct */
    const struct tbc_wire_field *fields; /* by rising key */
    size_t n;
};

/* The shapes of an operation's request and of its reply when FINE. */
const struct tbc_wire_shape *tbc_wire_request_shape(enum tbc_op op);
const struct tbc_wire_shape *tbc_wire_reply_shape(enum tbc_op op);
extern const struct tbc_wire_shape tbc_wire_problem_shape;
/* A struct tbc_peers, which stands in SNAPSHOT's reply as bytes: they are kept as they came. */
extern const struct tbc_wire_shape tbc_wire_peers_shape;

struct tbc_request {
    uint8_t id[TBC_WIRE_ID_LEN];
    enum tbc_op op;
    struct tbc_span body; /* borrowed; read with tbc_wire_read */
};

struct tbc_reply {
    uint8_t id[TBC_WIRE_ID_LEN];
    enum tbc_op op;
    enum tbc_code code;
    struct tbc_span body;
};

/* Append a whole request.  msg: the struct of the operation's request shape. */
enum tbc_err
tbc_wire_put_request(struct tbc_buf *out, const uint8_t id[static TBC_WIRE_ID_LEN],
                     enum tbc_op op, const void *msg) TBC_MUST_CHECK;
/* Append a whole reply.  msg: the struct of the reply shape when code is FINE, else a struct
 * tbc_problem; NULL gives an empty body. */
enum tbc_err tbc_wire_put_reply(struct tbc_buf *out, const struct tbc_request *to,
                                enum tbc_code code, const void *msg) TBC_MUST_CHECK;

/* Read the envelope.  A request of an unknown operation is ERR_UNSUPPORTED with id and op filled,
 * so that it can be answered; so is the id of any request whose id could be read. */
enum tbc_err tbc_wire_open_request(struct tbc_span in, struct tbc_request *request,
                                   struct tbc_fault *fault) TBC_MUST_CHECK;
enum tbc_err tbc_wire_open_reply(struct tbc_span in, struct tbc_reply *reply,
                                 struct tbc_fault *fault) TBC_MUST_CHECK;

/* Append a body alone. */
enum tbc_err tbc_wire_put(struct tbc_buf *out, const struct tbc_wire_shape *shape,
                          const void *msg) TBC_MUST_CHECK;

/* Read a body into the shape's struct.  Strict: unknown, repeated, unsorted or missing fields are
 * malformed.  msg is all zero on error. */
enum tbc_err tbc_wire_read(const struct tbc_wire_shape *shape, struct tbc_span body,
                           void *msg, struct tbc_fault *fault) TBC_MUST_CHECK;

/* The feed.  Topic frame: the kind's word, then this message.  Numbers rise by one; whoever
 * misses one asks SNAPSHOT. */
enum tbc_notice_kind {
    TBC_NOTICE_STATUS = 1,     /* body: signed status list */
    TBC_NOTICE_TRUST = 2,      /* body: signed trust list */
    TBC_NOTICE_MANIFEST = 3,   /* body: signed manifest */
    TBC_NOTICE_BEAT = 4,       /* body: empty; the newest number, each second */
    TBC_NOTICE_CHECKPOINT = 5, /* body: signed checkpoint of the station's log */
    TBC_NOTICE_DELTA = 6, /* body: status delta, instead of STATUS when it is small */
};

struct tbc_notice {
    uint64_t number;
    enum tbc_notice_kind kind;
    struct tbc_span body;
};

enum tbc_err tbc_wire_put_notice(struct tbc_buf *out,
                                 const struct tbc_notice *notice) TBC_MUST_CHECK;
enum tbc_err tbc_wire_open_notice(struct tbc_span in, struct tbc_notice *notice,
                                  struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
