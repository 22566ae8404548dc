/* Reading and writing trust lists, and the rows that go into them. */
#include "commands.h"
#include "crypto/sign.h"
#include "key.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "trust.h"

#include <string.h>

#define TAG_SIGN1 0xd2 /* the first byte of a signed list; a draft begins with a map */

enum cli_exit
cli_read_trust(const char *path, struct cli_trust *t)
{
    struct tbc_fault fault = { 0 };
    struct tbc_span payload;
    enum cli_exit rc = cli_read_hex(path, TBC_TRUST_BYTES_MAX, &t->bytes);
    enum tbc_err err = TBC_OK;

    if (rc != CLI_YES) {
        return rc;
    }
    payload = tbc_buf_span(&t->bytes);
    t->is_signed = payload.len > 0 && payload.ptr[0] == TAG_SIGN1;
    if (t->is_signed) {
        err = tbc_trust_signed_open(&t->envelope, payload, &fault);
        payload = t->envelope.list.payload;
    }
    if (err == TBC_OK &&
        (err = tbc_trustlist_decode(&t->list, payload, &fault)) != TBC_OK) {
        fault.offset += (size_t)(payload.ptr - t->bytes.ptr);
    }
    return err == TBC_OK ? CLI_YES : cli_bad_input(path, err, &fault);
}

enum cli_exit
cli_read_ring(const char *path, struct tbc_keyring **ring)
{
    struct tbc_buf file = { 0 };
    struct tbc_fault fault = { 0 };
    enum cli_exit rc = cli_read(path, TBC_TRUST_BYTES_MAX, &file);
    enum tbc_err err;

    *ring = NULL;
    if (rc == CLI_YES &&
        (err = tbc_keyring_open(ring, tbc_buf_span(&file), NULL, &fault)) != TBC_OK) {
        rc = cli_disbelieve(path, err, &fault);
    }
    tbc_buf_fini(&file);
    return rc;
}

void
cli_trust_fini(struct cli_trust *t)
{
    tbc_trustlist_fini(&t->list);
    tbc_buf_fini(&t->bytes);
}

enum cli_exit
cli_read_draft(const char *path, struct tbc_trustlist *list)
{
    struct cli_trust t = { .is_signed = false };
    enum cli_exit rc = cli_read_trust(path, &t);

    if (rc == CLI_YES && t.is_signed) {
        cli_say("%s: signed already; change the draft", path);
        rc = CLI_NO;
    }
    if (rc == CLI_YES) {
        *list = t.list;
        t.list = (struct tbc_trustlist){ 0 };
    }
    cli_trust_fini(&t);
    return rc;
}

enum cli_exit
cli_write_draft(const struct tbc_trustlist *list, const char *path)
{
    const char *offence = tbc_trustlist_offence(list);
    struct tbc_buf out = { 0 };
    enum tbc_err err;

    if (offence != NULL) {
        return cli_misuse("%s: not written: %s", path, offence);
    }
    if ((err = tbc_trustlist_encode(list, &out)) == TBC_OK) {
        err = tbc_file_write(path, tbc_buf_span(&out), 0644);
    }
    tbc_buf_fini(&out);
    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

enum cli_exit
cli_raise_draft(struct tbc_trustlist *list, const char *path)
{
    struct tbc_utc now = tbc_clock_utc();

    if (now.s >= list->exp.s) {
        cli_say("%s: the list has ended; trust renew gives it a new end", path);
        return CLI_NO;
    }
    list->version++;
    list->iat = now.s > list->iat.s ? now : list->iat;
    list->warn = list->warn.s > list->iat.s ? list->warn : list->iat;
    return CLI_YES;
}

enum cli_exit
cli_finish_draft(const struct tbc_trustlist *list, const char *path, bool as_json)
{
    enum cli_exit rc = cli_write_draft(list, path);

    if (rc == CLI_YES && as_json) {
        json_t *object = cli_trust_json(list);

        (void)json_object_set_new(object, "file", json_string(path));
        cli_print_json(object);
    }
    return rc;
}

enum tbc_err
cli_fill_row(const struct tbc_key *key, struct tbc_trust_key *row)
{
    struct tbc_buf cose;
    enum tbc_err err;

    tbc_buf_init_fixed(&cose, row->key, sizeof row->key);
    if ((err = tbc_key_put_cose(key, &cose)) == TBC_OK) {
        row->key_len = cose.len;
        row->alg = tbc_key_alg(key);
        tbc_key_kid(key, row->kid);
    }
    return err;
}

enum cli_exit
cli_read_row(const char *name, const struct tbc_pass *pass, struct tbc_trust_key *row)
{
    struct tbc_key *key = NULL;
    enum cli_exit rc = cli_read_own_key(name, pass, &key);
    enum tbc_err err;

    if (rc == CLI_YES && tbc_alg_known(tbc_key_alg(key)) == TBC_ALG_NONE) {
        cli_say("%s: no list may name a key of %s", name, tbc_key_curve(key));
        rc = CLI_NO;
    } else if (rc == CLI_YES && (err = cli_fill_row(key, row)) != TBC_OK) {
        rc = cli_fail(name, err);
    }
    tbc_key_free(&key);
    return rc;
}

enum cli_exit
cli_add_row(struct tbc_trustlist *list, const char *path,
            const struct tbc_trust_key *row)
{
    enum tbc_err err = tbc_trustlist_add(list, row);

    return err == TBC_OK ? CLI_YES : cli_fail(path, err);
}

const char *
cli_trust_state(const struct tbc_trustlist *list, struct tbc_utc at)
{
    return at.s >= list->exp.s ? "ended" : at.s >= list->warn.s ? "ageing" : "fresh";
}

static json_t *
json_row(const struct tbc_trust_key *row)
{
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:s}", "station", row->station, "kid",
                     cli_json_hex(tbc_span_of(row->kid, TBC_KID_LEN)), "alg",
                     tbc_alg_name(row->alg), "from", cli_json_time(row->not_before),
                     "to", cli_json_time(row->not_after), "status_uri",
                     row->status_uri);
}

static json_t *
json_rows(const struct tbc_trust_key *rows, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(array, json_row(&rows[i]));
    }
    return array;
}

json_t *
cli_trust_json(const struct tbc_trustlist *list)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "version",
                     cli_json_number(list->version), "iat", cli_json_time(list->iat),
                     "warn", cli_json_time(list->warn), "exp", cli_json_time(list->exp),
                     "roots", json_rows(list->roots, list->roots_n), "keys",
                     json_rows(list->keys, list->keys_n));
}
