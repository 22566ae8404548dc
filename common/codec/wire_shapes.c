/* The tables of docs/wire.cddl: each message's fields, by rising key. */
#include "codec/wire.h"

#include <stddef.h>

#define COUNT(a)     (sizeof(a) / sizeof *(a))
#define SIZEOF(s, f) sizeof(((struct s *)0)->f)

#define FIELD(k, t, opt, s, f, n)                                    \
    {                                                                \
        .key = k, .type = TBC_WIRE_##t, .optional = opt, .name = #f, \
        .offset = offsetof(struct s, f), .size = n                   \
    }
#define UINT(k, s, f)       FIELD(k, UINT, true, s, f, 0)
#define COUNTED(k, s, f)    FIELD(k, COUNT, true, s, f, 0)
#define TIME(k, s, f)       FIELD(k, TIME, true, s, f, 0)
#define BOOL(k, s, f)       FIELD(k, BOOL, true, s, f, 0)
#define TEXT(k, s, f)       FIELD(k, TEXT, false, s, f, SIZEOF(s, f))
#define WORD(k, s, f)       FIELD(k, TEXT, true, s, f, SIZEOF(s, f))
#define FIXED(k, s, f)      FIELD(k, FIXED, false, s, f, SIZEOF(s, f))
#define MARK(k, s, f)       FIELD(k, FIXED, true, s, f, SIZEOF(s, f))
#define BYTES(k, s, f, max) FIELD(k, BYTES, true, s, f, max)
#define SPANS(k, s, f)                                                      \
    {                                                                       \
        .key = k, .type = TBC_WIRE_SPANS, .optional = true, .name = #f,     \
        .offset = offsetof(struct s, f), .size = COUNT(((struct s *)0)->f), \
        .count = offsetof(struct s, f##_n)                                  \
    }
#define LIST(k, s, f, shape)                                                \
    {                                                                       \
        .key = k, .type = TBC_WIRE_LIST, .optional = true, .name = #f,      \
        .offset = offsetof(struct s, f), .size = COUNT(((struct s *)0)->f), \
        .count = offsetof(struct s, f##_n), .item = &(shape)                \
    }
#define SHAPE(var, s)                                                    \
    static const struct tbc_wire_shape var = { .name = #s,               \
                                               .size = sizeof(struct s), \
                                               .fields = var##_fields,   \
                                               .n = COUNT(var##_fields) }

static const struct tbc_wire_shape nothing = { .name = "tbc_nothing" };

static const struct tbc_wire_field trip_fields[] = {
    TEXT(1, tbc_trip, train),   TEXT(2, tbc_trip, from),    TEXT(3, tbc_trip, to),
    WORD(4, tbc_trip, from_zh), WORD(5, tbc_trip, from_en), WORD(6, tbc_trip, to_zh),
    WORD(7, tbc_trip, to_en),   WORD(8, tbc_trip, seat),    WORD(9, tbc_trip, platform),
    TIME(10, tbc_trip, depart),
};
SHAPE(trip, tbc_trip);

static const struct tbc_wire_field hello_fields[] = {
    TEXT(1, tbc_hello, software),
    WORD(2, tbc_hello, group),
};
SHAPE(hello, tbc_hello);

static const struct tbc_wire_field face_key_fields[] = {
    TIME(1, tbc_face_key, day),
    FIXED(2, tbc_face_key, key),
};
SHAPE(face_key, tbc_face_key);

static const struct tbc_wire_field hello_reply_fields[] = {
    TEXT(1, tbc_hello_reply, station),
    WORD(2, tbc_hello_reply, station_zh),
    WORD(3, tbc_hello_reply, station_en),
    WORD(4, tbc_hello_reply, desk_zh),
    WORD(5, tbc_hello_reply, desk_en),
    TEXT(6, tbc_hello_reply, device),
    UINT(7, tbc_hello_reply, role),
    TIME(8, tbc_hello_reply, now),
    COUNTED(9, tbc_hello_reply, policy.validity_s),
    COUNTED(10, tbc_hello_reply, policy.renewal_s),
    COUNTED(11, tbc_hello_reply, policy.quota_month),
    COUNTED(12, tbc_hello_reply, policy.face_tries),
    COUNTED(13, tbc_hello_reply, policy.guardian_under),
    COUNTED(14, tbc_hello_reply, policy.handle_s),
    COUNTED(15, tbc_hello_reply, policy.face_accept_permille),
    COUNTED(16, tbc_hello_reply, policy.face_retry_permille),
    COUNTED(17, tbc_hello_reply, policy.status_age_s),
    COUNTED(18, tbc_hello_reply, policy.skew_s),
    COUNTED(19, tbc_hello_reply, policy.proof_s),
    COUNTED(20, tbc_hello_reply, policy.gate_opens_s),
    COUNTED(21, tbc_hello_reply, policy.gate_closes_s),
    COUNTED(22, tbc_hello_reply, policy.gate_face_permille),
    LIST(23, tbc_hello_reply, faces, face_key),
    COUNTED(24, tbc_hello_reply, policy.reentries),
};
SHAPE(hello_reply, tbc_hello_reply);

static const struct tbc_wire_field apply_fields[] = {
    UINT(1, tbc_apply, kind),      TEXT(2, tbc_apply, number),
    WORD(3, tbc_apply, language),  UINT(4, tbc_apply, assurance),
    BOOL(5, tbc_apply, guardian),  SPANS(6, tbc_apply, frames),
    BOOL(7, tbc_apply, gate_face),
};
SHAPE(apply, tbc_apply);

static const struct tbc_wire_field apply_reply_fields[] = {
    FIXED(1, tbc_apply_reply, handle),    TIME(2, tbc_apply_reply, expires),
    WORD(3, tbc_apply_reply, name),       WORD(4, tbc_apply_reply, latin),
    WORD(5, tbc_apply_reply, number),     UINT(6, tbc_apply_reply, score),
    UINT(7, tbc_apply_reply, quota_left), LIST(8, tbc_apply_reply, trips, trip),
};
SHAPE(apply_reply, tbc_apply_reply);

static const struct tbc_wire_field issue_fields[] = {
    FIXED(1, tbc_issue, handle),
    UINT(2, tbc_issue, medium),
};
SHAPE(issue, tbc_issue);

static const struct tbc_wire_field issue_reply_fields[] = {
    BYTES(1, tbc_issue_reply, certificate, TBC_LIVE_MAX),
    FIXED(2, tbc_issue_reply, cti),
    TIME(3, tbc_issue_reply, issued),
    TIME(4, tbc_issue_reply, expires),
    BOOL(5, tbc_issue_reply, again),
    UINT(6, tbc_issue_reply, log_size),
    BYTES(7, tbc_issue_reply, log_root, 32),
};
SHAPE(issue_reply, tbc_issue_reply);

static const struct tbc_wire_field verify_fields[] = {
    BYTES(1, tbc_verify, text, 4096),
};
SHAPE(verify, tbc_verify);

static const struct tbc_wire_field verify_reply_fields[] = {
    UINT(1, tbc_verify_reply, verdict),
    TIME(2, tbc_verify_reply, time),
};
SHAPE(verify_reply, tbc_verify_reply);

static const struct tbc_wire_field entry_fields[] = {
    FIXED(1, tbc_entry, event),  FIXED(2, tbc_entry, cti),  UINT(3, tbc_entry, verdict),
    TIME(4, tbc_entry, at),      WORD(5, tbc_entry, train), TIME(6, tbc_entry, depart),
    BOOL(7, tbc_entry, told),    UINT(8, tbc_entry, act),   MARK(9, tbc_entry, of),
    MARK(10, tbc_entry, holder),
};
SHAPE(entry, tbc_entry);

static const struct tbc_wire_field entry_reply_fields[] = {
    FIXED(1, tbc_entry_reply, event),
    UINT(2, tbc_entry_reply, verdict),
    TIME(3, tbc_entry_reply, earlier),
    BOOL(4, tbc_entry_reply, conflict),
};
SHAPE(entry_reply, tbc_entry_reply);

static const struct tbc_wire_field events_fields[] = {
    LIST(1, tbc_events, entries, entry),
};
SHAPE(events, tbc_events);

static const struct tbc_wire_field events_reply_fields[] = {
    LIST(1, tbc_events_reply, entries, entry_reply),
};
SHAPE(events_reply, tbc_events_reply);

static const struct tbc_wire_field snapshot_fields[] = {
    UINT(1, tbc_snapshot, trust),    UINT(2, tbc_snapshot, status),
    UINT(3, tbc_snapshot, manifest), UINT(4, tbc_snapshot, log),
    UINT(5, tbc_snapshot, peers),
};
SHAPE(snapshot, tbc_snapshot);

static const struct tbc_wire_field snapshot_reply_fields[] = {
    UINT(1, tbc_snapshot_reply, feed),
    BYTES(2, tbc_snapshot_reply, trust, TBC_WIRE_REPLY_MAX),
    BYTES(3, tbc_snapshot_reply, status, TBC_WIRE_REPLY_MAX),
    BYTES(4, tbc_snapshot_reply, manifest, TBC_WIRE_REPLY_MAX),
    BYTES(5, tbc_snapshot_reply, checkpoint, TBC_WIRE_SIGNED_MAX),
    BYTES(6, tbc_snapshot_reply, joint, TBC_WIRE_PROOF_MAX),
    BYTES(7, tbc_snapshot_reply, peers, TBC_WIRE_LIST_MAX),
};
SHAPE(snapshot_reply, tbc_snapshot_reply);

static const struct tbc_wire_field peer_row_fields[] = {
    TEXT(1, tbc_peer_row, name),
    FIXED(2, tbc_peer_row, key),
    TEXT(3, tbc_peer_row, address),
};
SHAPE(peer_row, tbc_peer_row);

static const struct tbc_wire_field peers_fields[] = {
    UINT(1, tbc_peers, version),
    LIST(2, tbc_peers, rows, peer_row),
};
const struct tbc_wire_shape tbc_wire_peers_shape = {
    .name = "tbc_peers",
    .size = sizeof(struct tbc_peers),
    .fields = peers_fields,
    .n = COUNT(peers_fields),
};

static const struct tbc_wire_field lookup_fields[] = {
    FIXED(1, tbc_lookup, cti),
    TEXT(2, tbc_lookup, reason),
};
SHAPE(lookup, tbc_lookup);

static const struct tbc_wire_field lookup_reply_fields[] = {
    FIXED(1, tbc_lookup_reply, cti),
    WORD(2, tbc_lookup_reply, name),
    UINT(3, tbc_lookup_reply, kind),
    TIME(4, tbc_lookup_reply, issued),
    TIME(5, tbc_lookup_reply, expires),
    UINT(6, tbc_lookup_reply, status),
    WORD(7, tbc_lookup_reply, reason),
    WORD(8, tbc_lookup_reply, device),
    UINT(9, tbc_lookup_reply, channel),
    UINT(10, tbc_lookup_reply, assurance),
    UINT(11, tbc_lookup_reply, medium),
    UINT(12, tbc_lookup_reply, entries),
    BYTES(13, tbc_lookup_reply, certificate, TBC_LIVE_MAX),
};
SHAPE(lookup_reply, tbc_lookup_reply);

static const struct tbc_wire_field history_fields[] = {
    FIXED(1, tbc_history, cti),
    BYTES(2, tbc_history, text, 4096),
    WORD(3, tbc_history, reason),
    UINT(4, tbc_history, from),
};
SHAPE(history, tbc_history);

static const struct tbc_wire_field history_leaf_fields[] = {
    UINT(1, tbc_history_leaf, position),
    BYTES(2, tbc_history_leaf, leaf, 256),
    BYTES(3, tbc_history_leaf, proof, TBC_WIRE_PROOF_MAX),
    BYTES(4, tbc_history_leaf, key, 32),
    WORD(5, tbc_history_leaf, note),
};
SHAPE(history_leaf, tbc_history_leaf);

static const struct tbc_wire_field history_reply_fields[] = {
    FIXED(1, tbc_history_reply, cti),
    BYTES(2, tbc_history_reply, checkpoint, TBC_WIRE_SIGNED_MAX),
    LIST(3, tbc_history_reply, leaves, history_leaf),
    UINT(4, tbc_history_reply, next),
};
SHAPE(history_reply, tbc_history_reply);

static const struct tbc_wire_field revoke_fields[] = {
    FIXED(1, tbc_revoke, cti),
    TEXT(2, tbc_revoke, reason),
};
SHAPE(revoke, tbc_revoke);

static const struct tbc_wire_field assist_fields[] = {
    UINT(1, tbc_assist, kind),    TEXT(2, tbc_assist, number),
    TEXT(3, tbc_assist, officer), TEXT(4, tbc_assist, reason),
    UINT(5, tbc_assist, medium),
};
SHAPE(assist, tbc_assist);

static const struct tbc_wire_field stat_fields[] = {
    TEXT(1, tbc_stat, name),
    UINT(2, tbc_stat, value),
};
SHAPE(stat, tbc_stat);

static const struct tbc_wire_field stats_fields[] = {
    TIME(1, tbc_stats, since),
    BOOL(2, tbc_stats, detail),
};
SHAPE(stats, tbc_stats);

static const struct tbc_wire_field figure_fields[] = {
    TEXT(1, tbc_figure, group),
    WORD(2, tbc_figure, of),
    WORD(3, tbc_figure, name),
    UINT(4, tbc_figure, value),
};
SHAPE(figure, tbc_figure);

static const struct tbc_wire_field stats_reply_fields[] = {
    LIST(1, tbc_stats_reply, stats, stat),
    LIST(2, tbc_stats_reply, figures, figure),
};
SHAPE(stats_reply, tbc_stats_reply);

static const struct tbc_wire_field device_fields[] = {
    UINT(1, tbc_device, action),
    WORD(2, tbc_device, name),
    UINT(3, tbc_device, role),
    FIXED(4, tbc_device, key),
};
SHAPE(device, tbc_device);

static const struct tbc_wire_field device_row_fields[] = {
    TEXT(1, tbc_device_row, name),  UINT(2, tbc_device_row, role),
    TIME(3, tbc_device_row, added), TIME(4, tbc_device_row, revoked),
    TIME(5, tbc_device_row, seen),  WORD(6, tbc_device_row, address),
};
SHAPE(device_row, tbc_device_row);

static const struct tbc_wire_field device_reply_fields[] = {
    LIST(1, tbc_device_reply, rows, device_row),
};
SHAPE(device_reply, tbc_device_reply);

static const struct tbc_wire_field import_person_fields[] = {
    UINT(1, tbc_import_person, line),
    UINT(2, tbc_import_person, kind),
    TEXT(3, tbc_import_person, number),
    TEXT(4, tbc_import_person, name),
    WORD(5, tbc_import_person, latin),
    BYTES(6, tbc_import_person, face, TBC_TEMPLATE_LEN),
    TIME(7, tbc_import_person, until),
};
SHAPE(import_person, tbc_import_person);

/* A trip stands flat in a ticket's row, with the ticket's own keys in front. */
static const struct tbc_wire_field import_ticket_fields[] = {
    UINT(1, tbc_import_ticket, line),
    UINT(2, tbc_import_ticket, kind),
    TEXT(3, tbc_import_ticket, number),
    TEXT(4, tbc_import_ticket, trip.train),
    TEXT(5, tbc_import_ticket, trip.from),
    TEXT(6, tbc_import_ticket, trip.to),
    WORD(7, tbc_import_ticket, trip.from_zh),
    WORD(8, tbc_import_ticket, trip.from_en),
    WORD(9, tbc_import_ticket, trip.to_zh),
    WORD(10, tbc_import_ticket, trip.to_en),
    WORD(11, tbc_import_ticket, trip.seat),
    WORD(12, tbc_import_ticket, trip.platform),
    TIME(13, tbc_import_ticket, trip.depart),
};
SHAPE(import_ticket, tbc_import_ticket);

static const struct tbc_wire_field import_fields[] = {
    FIXED(1, tbc_import, batch),
    UINT(2, tbc_import, part),
    BOOL(3, tbc_import, last),
    LIST(4, tbc_import, people, import_person),
    LIST(5, tbc_import, tickets, import_ticket),
};
SHAPE(import, tbc_import);

static const struct tbc_wire_field import_reply_fields[] = {
    UINT(1, tbc_import_reply, people),
    UINT(2, tbc_import_reply, tickets),
};
SHAPE(import_reply, tbc_import_reply);

static const struct tbc_wire_field erase_fields[] = {
    UINT(1, tbc_erase, kind),
    TEXT(2, tbc_erase, number),
    TEXT(3, tbc_erase, reason),
    BOOL(4, tbc_erase, now),
};
SHAPE(erase, tbc_erase);

static const struct tbc_wire_field erase_reply_fields[] = {
    UINT(1, tbc_erase_reply, people),
    UINT(2, tbc_erase_reply, tickets),
    UINT(3, tbc_erase_reply, certificates),
    UINT(4, tbc_erase_reply, entries),
};
SHAPE(erase_reply, tbc_erase_reply);

static const struct tbc_wire_field backup_reply_fields[] = {
    TEXT(1, tbc_backup_reply, name),    UINT(2, tbc_backup_reply, size),
    FIXED(3, tbc_backup_reply, sha256), UINT(4, tbc_backup_reply, log_size),
    TIME(5, tbc_backup_reply, at),
};
SHAPE(backup_reply, tbc_backup_reply);

static const struct tbc_wire_field export_fields[] = {
    UINT(1, tbc_export, kind),
    TEXT(2, tbc_export, number),
    TEXT(3, tbc_export, reason),
    UINT(4, tbc_export, from),
};
SHAPE(export, tbc_export);

static const struct tbc_wire_field export_certificate_fields[] = {
    FIXED(1, tbc_export_certificate, cti),
    UINT(2, tbc_export_certificate, idx),
    TIME(3, tbc_export_certificate, issued),
    TIME(4, tbc_export_certificate, expires),
    TIME(5, tbc_export_certificate, revoked),
    WORD(6, tbc_export_certificate, reason),
    WORD(7, tbc_export_certificate, device),
    WORD(8, tbc_export_certificate, officer),
    WORD(9, tbc_export_certificate, why),
    UINT(10, tbc_export_certificate, leaf),
    BYTES(11, tbc_export_certificate, certificate, TBC_LIVE_MAX),
};
SHAPE(export_certificate, tbc_export_certificate);

static const struct tbc_wire_field export_entry_fields[] = {
    FIXED(1, tbc_export_entry, cti),     UINT(2, tbc_export_entry, verdict),
    TIME(3, tbc_export_entry, at),       WORD(4, tbc_export_entry, train),
    TIME(5, tbc_export_entry, depart),   WORD(6, tbc_export_entry, device),
    BOOL(7, tbc_export_entry, conflict), UINT(8, tbc_export_entry, act),
};
SHAPE(export_entry, tbc_export_entry);

static const struct tbc_wire_field export_look_fields[] = {
    FIXED(1, tbc_export_look, cti),
    WORD(2, tbc_export_look, device),
    WORD(3, tbc_export_look, reason),
    TIME(4, tbc_export_look, at),
};
SHAPE(export_look, tbc_export_look);

static const struct tbc_wire_field export_reply_fields[] = {
    BOOL(1, tbc_export_reply, on_roster),
    WORD(2, tbc_export_reply, name),
    WORD(3, tbc_export_reply, latin),
    BYTES(4, tbc_export_reply, face, TBC_TEMPLATE_LEN),
    TIME(5, tbc_export_reply, until),
    LIST(6, tbc_export_reply, tickets, trip),
    LIST(7, tbc_export_reply, certificates, export_certificate),
    LIST(8, tbc_export_reply, entries, export_entry),
    LIST(9, tbc_export_reply, looks, export_look),
    LIST(10, tbc_export_reply, leaves, history_leaf),
    UINT(11, tbc_export_reply, next),
};
SHAPE(export_reply, tbc_export_reply);

static const struct tbc_wire_field greet_fields[] = {
    FIXED(1, tbc_greet, journal), UINT(2, tbc_greet, newest),
    UINT(3, tbc_greet, decided),  FIXED(4, tbc_greet, yours),
    UINT(5, tbc_greet, have),
};
SHAPE(greet, tbc_greet);

static const struct tbc_wire_field claim_fields[] = {
    UINT(1, tbc_claim, number),
    LIST(2, tbc_claim, entries, entry),
};
SHAPE(claim, tbc_claim);

static const struct tbc_wire_field claim_reply_fields[] = {
    FIXED(1, tbc_claim_reply, event),
    UINT(2, tbc_claim_reply, answer),
    TIME(3, tbc_claim_reply, at),
    BYTES(4, tbc_claim_reply, holders, TBC_WIRE_HOLDERS_MAX),
};
SHAPE(claim_reply, tbc_claim_reply);

static const struct tbc_wire_field share_fields[] = {
    FIXED(1, tbc_share, journal),
    UINT(2, tbc_share, from),
    UINT(3, tbc_share, upto),
    LIST(4, tbc_share, entries, entry),
};
SHAPE(share, tbc_share);

static const struct tbc_wire_field share_reply_fields[] = {
    FIXED(1, tbc_share_reply, journal),
    UINT(2, tbc_share_reply, have),
};
SHAPE(share_reply, tbc_share_reply);

static const struct tbc_wire_field health_fields[] = {
    TEXT(1, tbc_health, software),   TIME(2, tbc_health, started),
    BOOL(3, tbc_health, online),     TIME(4, tbc_health, since),
    TIME(5, tbc_health, clock),      TIME(6, tbc_health, trust),
    TIME(7, tbc_health, status),     TIME(8, tbc_health, manifest),
    TIME(9, tbc_health, verdict),    UINT(10, tbc_health, accepted),
    UINT(11, tbc_health, refused),   UINT(12, tbc_health, backlog),
    UINT(13, tbc_health, conflicts), UINT(14, tbc_health, ills),
    UINT(15, tbc_health, peers),
};
SHAPE(health, tbc_health);

static const struct tbc_wire_field gates_fields[] = {
    WORD(1, tbc_gates, name),
};
SHAPE(gates, tbc_gates);

/* A gate's health stands flat in its row; a gate that was silent has none. */
static const struct tbc_wire_field gate_row_fields[] = {
    TEXT(1, tbc_gate_row, name),
    TIME(2, tbc_gate_row, at),
    WORD(3, tbc_gate_row, health.software),
    TIME(4, tbc_gate_row, health.started),
    BOOL(5, tbc_gate_row, health.online),
    TIME(6, tbc_gate_row, health.since),
    TIME(7, tbc_gate_row, health.clock),
    TIME(8, tbc_gate_row, health.trust),
    TIME(9, tbc_gate_row, health.status),
    TIME(10, tbc_gate_row, health.manifest),
    TIME(11, tbc_gate_row, health.verdict),
    UINT(12, tbc_gate_row, health.accepted),
    UINT(13, tbc_gate_row, health.refused),
    UINT(14, tbc_gate_row, health.backlog),
    UINT(15, tbc_gate_row, health.conflicts),
    UINT(16, tbc_gate_row, health.ills),
    UINT(17, tbc_gate_row, health.peers),
};
SHAPE(gate_row, tbc_gate_row);

static const struct tbc_wire_field gates_reply_fields[] = {
    TIME(1, tbc_gates_reply, now),
    LIST(2, tbc_gates_reply, rows, gate_row),
};
SHAPE(gates_reply, tbc_gates_reply);

static const struct tbc_wire_field problem_fields[] = {
    WORD(1, tbc_problem, what),       UINT(2, tbc_problem, offset),
    UINT(3, tbc_problem, line),       UINT(4, tbc_problem, wait_ms),
    UINT(5, tbc_problem, tries_left), UINT(6, tbc_problem, score),
};
const struct tbc_wire_shape tbc_wire_problem_shape = {
    .name = "tbc_problem",
    .size = sizeof(struct tbc_problem),
    .fields = problem_fields,
    .n = COUNT(problem_fields),
};

/* Operations without a row here carry nothing in either direction. */
static const struct {
    enum tbc_op op;
    const struct tbc_wire_shape *request;
    const struct tbc_wire_shape *reply;
} bodies[] = {
    { TBC_OP_HELLO, &hello, &hello_reply },
    { TBC_OP_APPLY, &apply, &apply_reply },
    { TBC_OP_ISSUE, &issue, &issue_reply },
    { TBC_OP_VERIFY, &verify, &verify_reply },
    { TBC_OP_ENTER, &entry, &entry_reply },
    { TBC_OP_EXIT, &entry, &entry_reply },
    { TBC_OP_ANNUL, &entry, &entry_reply },
    { TBC_OP_EVENTS, &events, &events_reply },
    { TBC_OP_SNAPSHOT, &snapshot, &snapshot_reply },
    { TBC_OP_LOOKUP, &lookup, &lookup_reply },
    { TBC_OP_ASSIST, &assist, &issue_reply },
    { TBC_OP_REVOKE, &revoke, &nothing },
    { TBC_OP_HISTORY, &history, &history_reply },
    { TBC_OP_STATS, &stats, &stats_reply },
    { TBC_OP_DEVICE, &device, &device_reply },
    { TBC_OP_IMPORT, &import, &import_reply },
    { TBC_OP_ERASE, &erase, &erase_reply },
    { TBC_OP_BACKUP, &nothing, &backup_reply },
    { TBC_OP_EXPORT, &export, &export_reply },
    { TBC_OP_GREET, &greet, &greet },
    { TBC_OP_CLAIM, &claim, &claim_reply },
    { TBC_OP_SHARE, &share, &share_reply },
    { TBC_OP_HEALTH, &health, &nothing },
    { TBC_OP_GATES, &gates, &gates_reply },
};

const struct tbc_wire_shape *
tbc_wire_request_shape(enum tbc_op op)
{
    for (size_t i = 0; i < COUNT(bodies); i++) {
        if (bodies[i].op == op) {
            return bodies[i].request;
        }
    }
    return &nothing;
}

const struct tbc_wire_shape *
tbc_wire_reply_shape(enum tbc_op op)
{
    for (size_t i = 0; i < COUNT(bodies); i++) {
        if (bodies[i].op == op) {
            return bodies[i].reply;
        }
    }
    return &nothing;
}
