/* make_world DIR: writes the files of tests/unit/crypto/world.h for the tests of tbc. */
#include "sys/file.h"
#include "world.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>

#include <stdio.h>
#include <stdlib.h>

static const char *dir;

static void
put(const char *name, struct tbc_span bytes)
{
    struct tbc_buf path = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_buf_printf(&path, "%s/%s", dir, name), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_file_write(tbc_buf_str(&path), bytes, 0644), TBC_OK);
    tbc_buf_fini(&path);
}

static void
put_text(const char *name, struct tbc_span message)
{
    struct tbc_buf text = { 0 };

    world_text(message, &text);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&text, "\r\n"), TBC_OK);
    put(name, tbc_buf_span(&text));
    tbc_buf_fini(&text);
}

/* Sign a payload with the station's key and write it. */
static void
put_signed(struct world *w, enum tbc_typ typ, struct tbc_buf *payload, const char *name)
{
    struct tbc_buf message = { 0 };

    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(w->station, typ, tbc_buf_span(payload), &message), TBC_OK);
    put(name, tbc_buf_span(&message));
    tbc_buf_fini(&message);
    tbc_buf_clear(payload);
}

static void
put_lists(struct world *w)
{
    struct tbc_buf bytes = { 0 };

    world_trust(w, 1, &bytes);
    put("trust", tbc_buf_span(&bytes));
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_pem(w->station, &bytes), TBC_OK);
    put("station.pem", tbc_buf_span(&bytes));
    tbc_buf_clear(&bytes);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&w->list, &bytes), TBC_OK);
    put_signed(w, TBC_TYP_STATUS, &bytes, "status");
    CU_ASSERT_EQUAL_FATAL(tbc_manifest_encode(&w->manifest, &bytes), TBC_OK);
    put_signed(w, TBC_TYP_MANIFEST, &bytes, "manifest");
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_set(&w->list, w->claims.status_idx, 1),
                          TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&w->list, &bytes), TBC_OK);
    put_signed(w, TBC_TYP_STATUS, &bytes, "revoked");
    tbc_buf_fini(&bytes);
}

static void
put_certificates(struct world *w)
{
    struct tbc_buf paper = { 0 };
    struct tbc_buf bound = { 0 };
    struct tbc_buf proof = { 0 };

    world_certificate(w, &paper);
    put("paper.cose", tbc_buf_span(&paper));
    put_text("paper", tbc_buf_span(&paper));
    world_bind(w);
    world_certificate(w, &bound);
    put_text("bound", tbc_buf_span(&bound));
    world_prove(w->phone, tbc_buf_span(&bound), &(struct tbc_live){ .time = WORLD_NOW },
                &proof);
    put_text("live", tbc_buf_span(&proof));
    tbc_buf_fini(&paper);
    tbc_buf_fini(&bound);
    tbc_buf_fini(&proof);
}

static void
make_world(void)
{
    struct world w;

    world_init(&w, TBC_ALG_ES256);
    put_lists(&w);
    put_certificates(&w);
    world_fini(&w);
}

int
main(int argc, char **argv)
{
    CU_pSuite suite;

    if (argc != 2 || CU_initialize_registry() != CUE_SUCCESS ||
        (suite = CU_add_suite("world", NULL, NULL)) == NULL ||
        CU_add_test(suite, "make_world", make_world) == NULL) {
        fputs("usage: make_world DIR\n", stderr);
        return 2;
    }
    dir = argv[1];
    CU_run_all_tests();
    return CU_get_number_of_failures() == 0 ? 0 : 1;
}
