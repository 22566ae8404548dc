#include "crypto/statusdelta.h"
#include "suite.h"
#include "world.h"

#include <string.h>

/* Four versions of the world's list, an hour apart; some revocations between each. */
#define VERSIONS 4

static struct {
    struct world w;
    struct tbc_buf list[VERSIONS];
    struct tbc_buf delta[VERSIONS]; /* [i]: from i - 1 to i */
} stage;

static void
sign_list(struct tbc_buf *out)
{
    struct tbc_buf payload = { 0 };

    tbc_buf_clear(out);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_encode(&stage.w.list, &payload), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(
        tbc_sign_cose(stage.w.station, TBC_TYP_STATUS, tbc_buf_span(&payload), out),
        TBC_OK);
    tbc_buf_fini(&payload);
}

static enum tbc_err
make(const struct tbc_buf *from, const struct tbc_buf *to, struct tbc_buf *out,
     struct tbc_fault *fault)
{
    tbc_buf_clear(out);
    return tbc_statusdelta_make(tbc_buf_span(from), tbc_buf_span(to), out, fault);
}

static enum tbc_err
apply(const struct tbc_buf *have, const struct tbc_buf *delta, struct tbc_buf *out,
      struct tbc_fault *fault)
{
    tbc_buf_clear(out);
    return tbc_statusdelta_apply(tbc_buf_span(have), tbc_buf_span(delta), out, fault);
}

static void
begin(void)
{
    memset(&stage, 0, sizeof stage);
    world_init(&stage.w, TBC_ALG_ES256);
    for (unsigned v = 0; v < VERSIONS; v++) {
        stage.w.list.iat.s += 60;
        stage.w.list.exp.s += 60;
        for (unsigned i = 0; i < 100; i++) { /* some are changed twice, or back */
            CU_ASSERT_EQUAL(tbc_statuslist_set(&stage.w.list,
                                               (i * 7919 + v * 13) * (v + 1) % 100000,
                                               (i + v) % 3),
                            TBC_OK);
        }
        sign_list(&stage.list[v]);
        if (v > 0) {
            CU_ASSERT_EQUAL_FATAL(
                make(&stage.list[v - 1], &stage.list[v], &stage.delta[v], NULL),
                TBC_OK);
        }
    }
}

static void
end(void)
{
    world_fini(&stage.w);
    for (unsigned v = 0; v < VERSIONS; v++) {
        tbc_buf_fini(&stage.list[v]);
        tbc_buf_fini(&stage.delta[v]);
    }
}

static void
a_list_and_a_delta_give_the_next_list_byte_for_byte(void)
{
    struct tbc_buf at_hand = { 0 };
    struct tbc_buf next = { 0 };
    struct tbc_statuslist list;

    begin();
    CU_ASSERT_EQUAL(tbc_buf_append_span(&at_hand, tbc_buf_span(&stage.list[0])),
                    TBC_OK);
    for (unsigned v = 1; v < VERSIONS; v++) {
        CU_ASSERT_EQUAL(apply(&at_hand, &stage.delta[v], &next, NULL), TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&next), tbc_buf_span(&stage.list[v])));
        CU_ASSERT_EQUAL(tbc_statuslist_open(&list, tbc_buf_span(&next), stage.w.ring,
                                            WORLD_NOW, NULL),
                        TBC_OK);
        tbc_statuslist_fini(&list);
        tbc_buf_clear(&at_hand);
        CU_ASSERT_EQUAL(tbc_buf_append_span(&at_hand, tbc_buf_span(&next)), TBC_OK);
    }
    tbc_buf_fini(&at_hand);
    tbc_buf_fini(&next);
    end();
}

static void
one_delta_may_lead_over_several_versions(void)
{
    struct tbc_buf delta = { 0 };
    struct tbc_buf next = { 0 };

    begin();
    CU_ASSERT_EQUAL(make(&stage.list[0], &stage.list[3], &delta, NULL), TBC_OK);
    CU_ASSERT_EQUAL(apply(&stage.list[0], &delta, &next, NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&next), tbc_buf_span(&stage.list[3])));
    tbc_buf_fini(&delta);
    tbc_buf_fini(&next);
    end();
}

static void
a_list_that_grew_and_one_that_only_aged_have_deltas(void)
{
    struct tbc_buf aged = { 0 };
    struct tbc_buf grown = { 0 };
    struct tbc_buf delta = { 0 };
    struct tbc_buf next = { 0 };
    size_t len;

    begin();
    stage.w.list.iat.s += 60;
    sign_list(&aged);
    CU_ASSERT_EQUAL(make(&stage.list[3], &aged, &delta, NULL), TBC_OK);
    CU_ASSERT(delta.len < 300 && delta.len < aged.len / 2);
    CU_ASSERT_EQUAL(apply(&stage.list[3], &delta, &next, NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&next), tbc_buf_span(&aged)));
    len = stage.w.list.lst.len;
    CU_ASSERT_EQUAL_FATAL(tbc_buf_reserve(&stage.w.list.lst, len), TBC_OK);
    memset(stage.w.list.lst.ptr + len, 0, len);
    stage.w.list.lst.len += len;
    CU_ASSERT_EQUAL(tbc_statuslist_set(&stage.w.list, 199999, 2), TBC_OK);
    stage.w.list.iat.s += 60;
    sign_list(&grown);
    CU_ASSERT_EQUAL(make(&aged, &grown, &delta, NULL), TBC_OK);
    CU_ASSERT_EQUAL(apply(&aged, &delta, &next, NULL), TBC_OK);
    CU_ASSERT(tbc_span_equal(tbc_buf_span(&next), tbc_buf_span(&grown)));
    stage.w.list.iat.s += 60;
    stage.w.list.lst.len -= 1;
    sign_list(&aged);
    CU_ASSERT_EQUAL(make(&grown, &aged, &delta, NULL), TBC_ERR_RANGE); /* it shrank */
    tbc_buf_fini(&aged);
    tbc_buf_fini(&grown);
    tbc_buf_fini(&delta);
    tbc_buf_fini(&next);
    end();
}

static void
what_does_not_fit_is_refused_by_name(void)
{
    static const struct {
        unsigned have;
        unsigned delta;
        enum tbc_err err;
        const char *what;
    } rows[] = {
        { 1, 1, TBC_ERR_EXISTS, "delta applied already" },
        { 0, 2, TBC_ERR_NOT_FOUND, "delta of a later list, one is missing" },
        { 3, 2, TBC_ERR_RANGE, "delta back to an older list" },
        { 3, 1, TBC_ERR_RANGE, "delta back to an older list" },
    };
    struct tbc_buf next = { 0 };
    struct tbc_buf same_time = { 0 };
    struct tbc_buf leap = { 0 };
    struct tbc_fault fault;

    begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(apply(&stage.list[rows[i].have], &stage.delta[rows[i].delta],
                              &next, &fault),
                        rows[i].err);
        CU_ASSERT_STRING_EQUAL(fault.what, rows[i].what);
        CU_ASSERT_EQUAL(next.len, 0);
    }
    /* signed again in the same second: another message, another base */
    stage.w.list.iat.s -= 60;
    sign_list(&same_time);
    CU_ASSERT_EQUAL(apply(&same_time, &stage.delta[3], &next, &fault),
                    TBC_ERR_CONFLICT);
    CU_ASSERT_STRING_EQUAL(fault.what, "delta of another base");
    /* a base before, an end after the list at hand */
    CU_ASSERT_EQUAL(make(&stage.list[0], &stage.list[3], &leap, NULL), TBC_OK);
    CU_ASSERT_EQUAL(apply(&stage.list[1], &leap, &next, &fault), TBC_ERR_CONFLICT);
    CU_ASSERT_STRING_EQUAL(fault.what, "delta of another base");
    (void)memccpy(stage.w.list.sub, "https://tbc.example/s/SHH/1", '\0',
                  sizeof stage.w.list.sub);
    sign_list(&same_time);
    CU_ASSERT_EQUAL(apply(&same_time, &stage.delta[3], &next, &fault),
                    TBC_ERR_CONFLICT);
    CU_ASSERT_STRING_EQUAL(fault.what, "delta of another list");
    CU_ASSERT_EQUAL(make(&same_time, &stage.list[3], &leap, &fault), TBC_ERR_CONFLICT);
    CU_ASSERT_STRING_EQUAL(fault.what, "two lists of different addresses");
    CU_ASSERT_EQUAL(make(&stage.list[3], &stage.list[2], &leap, &fault), TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(make(&stage.list[3], &stage.list[3], &leap, &fault), TBC_ERR_RANGE);
    CU_ASSERT_STRING_EQUAL(fault.what, "the second list is not newer");
    tbc_buf_fini(&next);
    tbc_buf_fini(&same_time);
    tbc_buf_fini(&leap);
    end();
}

static void
no_flipped_bit_and_no_cut_of_a_delta_gives_a_list(void)
{
    struct tbc_buf next = { 0 };
    struct tbc_buf *delta = &stage.delta[1];
    size_t whole;

    begin();
    whole = delta->len;
    for (size_t i = 0; i < whole; i += i < 40 ? 1 : 11) {
        delta->ptr[i] ^= (uint8_t)(1u << i % 8);
        CU_ASSERT_NOT_EQUAL(apply(&stage.list[0], delta, &next, NULL), TBC_OK);
        CU_ASSERT_EQUAL(next.len, 0);
        delta->ptr[i] ^= (uint8_t)(1u << i % 8);
    }
    for (delta->len = 0; delta->len < whole; delta->len++) {
        CU_ASSERT_NOT_EQUAL(apply(&stage.list[0], delta, &next, NULL), TBC_OK);
    }
    CU_ASSERT_EQUAL(apply(&stage.list[0], delta, &next, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_buf_append_u8(delta, 0), TBC_OK);
    CU_ASSERT_EQUAL(apply(&stage.list[0], delta, &next, NULL), TBC_ERR_MALFORMED);
    tbc_buf_fini(&next);
    end();
}

/* Edited deltas with everything in form: what they say must still be so. */
static void
a_delta_that_lies_is_found_out(void)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_buf next = { 0 };
    struct tbc_fault fault = { 0 };

    begin();
    for (int lie = 0; lie < 6; lie++) {
        struct tbc_statusdelta d;

        CU_ASSERT_EQUAL_FATAL(
            tbc_statusdelta_decode(&d, tbc_buf_span(&stage.delta[1]), NULL), TBC_OK);
        CU_ASSERT_FATAL(d.changes_n > 2);
        d.changes_n -= lie == 0 ? 1 : 0; /* a revocation withheld */
        d.exp.s += lie == 1 ? 86400 : 0; /* a longer life */
        d.size -= lie == 2 ? 1 : 0;      /* cut */
        d.size += lie == 3 ? 1 : 0;      /* lengthened */
        d.changes[d.changes_n - 1].idx += lie == 4 ? 100000 : 0; /* beyond the end */
        d.ttl_s += lie == 5 ? 1 : 0;
        tbc_buf_clear(&bytes);
        CU_ASSERT_EQUAL(tbc_statusdelta_encode(&d, &bytes), TBC_OK);
        CU_ASSERT_EQUAL(apply(&stage.list[0], &bytes, &next, &fault),
                        TBC_ERR_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(fault.what);
        CU_ASSERT_EQUAL(next.len, 0);
        tbc_statusdelta_fini(&d);
    }
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&next);
    end();
}

static void
too_many_changes_and_foreign_compression_ask_for_the_whole_list(void)
{
    struct tbc_buf many = { 0 };
    struct tbc_buf delta = { 0 };
    struct tbc_fault fault;
    struct tbc_statusdelta d = { .changes_n = TBC_STATUSDELTA_CHANGES_MAX + 1 };

    begin();
    for (unsigned i = 0; i < 3 * TBC_STATUSDELTA_CHANGES_MAX; i++) {
        CU_ASSERT_EQUAL(tbc_statuslist_set(&stage.w.list, i, 1), TBC_OK);
    }
    stage.w.list.iat.s += 60;
    sign_list(&many);
    CU_ASSERT_EQUAL(make(&stage.list[3], &many, &delta, &fault), TBC_ERR_LIMIT);
    CU_ASSERT_STRING_EQUAL(fault.what, "too many changes for a delta");
    CU_ASSERT_EQUAL(delta.len, 0);
    CU_ASSERT_EQUAL(tbc_statusdelta_encode(&d, &delta), TBC_ERR_LIMIT);
    tbc_buf_fini(&many);
    tbc_buf_fini(&delta);
    end();
}

/* What is given for a list must be one, and both must be of one kind. */
static void
no_delta_is_made_of_what_is_no_list(void)
{
    struct tbc_buf bad = { 0 };
    struct tbc_buf out = { 0 };
    struct tbc_buf payload = { 0 };
    struct tbc_statuslist wide;
    struct tbc_fault fault = { 0 };

    begin();
    CU_ASSERT_EQUAL(tbc_buf_append_str(&bad, "no message"), TBC_OK);
    CU_ASSERT_EQUAL(make(&bad, &stage.list[0], &out, &fault), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(make(&stage.list[0], &bad, &out, &fault), TBC_ERR_MALFORMED);
    tbc_buf_clear(&bad);
    world_trust(&stage.w, 1, &bad); /* a message, of another kind */
    CU_ASSERT_EQUAL(make(&stage.list[0], &bad, &out, &fault), TBC_ERR_MALFORMED);
    CU_ASSERT_STRING_EQUAL(fault.what, "typ");
    tbc_buf_clear(&bad);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(stage.w.station, TBC_TYP_STATUS, tbc_span_str("\xa0"), &bad),
        TBC_OK);
    CU_ASSERT_EQUAL(make(&bad, &stage.list[0], &out, &fault), TBC_ERR_MALFORMED);
    tbc_buf_clear(&bad);
    CU_ASSERT_EQUAL_FATAL(tbc_statuslist_init(&wide, 8, 100000), TBC_OK);
    memcpy(wide.sub, stage.w.list.sub, sizeof wide.sub);
    wide.iat.s = stage.w.list.iat.s + 60;
    wide.exp.s = stage.w.list.exp.s + 60;
    CU_ASSERT_EQUAL(tbc_statuslist_encode(&wide, &payload), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(stage.w.station, TBC_TYP_STATUS, tbc_buf_span(&payload), &bad),
        TBC_OK);
    CU_ASSERT_EQUAL(make(&stage.list[0], &bad, &out, &fault), TBC_ERR_CONFLICT);
    CU_ASSERT_STRING_EQUAL(fault.what, "two lists of different widths");
    CU_ASSERT_EQUAL(out.len, 0);
    tbc_statuslist_fini(&wide);
    tbc_buf_fini(&bad);
    tbc_buf_fini(&out);
    tbc_buf_fini(&payload);
    end();
}

TBC_SUITE("crypto/statusdelta",
          TEST(a_list_and_a_delta_give_the_next_list_byte_for_byte),
          TEST(one_delta_may_lead_over_several_versions),
          TEST(a_list_that_grew_and_one_that_only_aged_have_deltas),
          TEST(what_does_not_fit_is_refused_by_name),
          TEST(no_flipped_bit_and_no_cut_of_a_delta_gives_a_list),
          TEST(a_delta_that_lies_is_found_out),
          TEST(too_many_changes_and_foreign_compression_ask_for_the_whole_list),
          TEST(no_delta_is_made_of_what_is_no_list))
