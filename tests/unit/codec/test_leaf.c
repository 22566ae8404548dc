#include "base/text.h"
#include "codec/leaf.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KINDS_N 14

/* A leaf of the kind with the fields it must have. */
static struct tbc_leaf
least(enum tbc_leaf_kind kind)
{
    struct tbc_leaf leaf = { .kind = kind, .time = { 1769996400 } };
    const bool device = kind != TBC_LEAF_START && kind != TBC_LEAF_TRUST &&
                        kind != TBC_LEAF_ERASE && kind != TBC_LEAF_DEVICE &&
                        kind != TBC_LEAF_KEY;

    if (device) {
        (void)snprintf(leaf.device, sizeof leaf.device, "gate-3");
    }
    leaf.has_cti =
        tbc_leaf_is_issue(&leaf) || kind == TBC_LEAF_SHOW || kind == TBC_LEAF_REVOKE;
    memset(leaf.cti, leaf.has_cti ? 0xc7 : 0, sizeof leaf.cti);
    leaf.has_digest =
        tbc_leaf_is_issue(&leaf) || kind == TBC_LEAF_DEVICE || kind == TBC_LEAF_TRUST;
    memset(leaf.digest, leaf.has_digest ? 0xd1 : 0, sizeof leaf.digest);
    leaf.has_note = kind == TBC_LEAF_ASSIST || kind == TBC_LEAF_REVOKE;
    memset(leaf.note, leaf.has_note ? 0xe0 : 0, sizeof leaf.note);
    leaf.count = kind == TBC_LEAF_TRUST ? 9 : 0;
    if (kind == TBC_LEAF_SHOW || kind == TBC_LEAF_ENTER || kind == TBC_LEAF_EXIT ||
        kind == TBC_LEAF_ANNUL || kind == TBC_LEAF_LOOKUP || kind == TBC_LEAF_DEVICE ||
        kind == TBC_LEAF_KEY) {
        (void)snprintf(leaf.word, sizeof leaf.word, "ACCEPTED_OFFLINE");
    }
    return leaf;
}

static bool
same(const struct tbc_leaf *a, const struct tbc_leaf *b)
{
    return a->kind == b->kind && a->time.s == b->time.s &&
           strcmp(a->device, b->device) == 0 && a->has_cti == b->has_cti &&
           memcmp(a->cti, b->cti, sizeof a->cti) == 0 &&
           strcmp(a->word, b->word) == 0 && a->has_digest == b->has_digest &&
           memcmp(a->digest, b->digest, sizeof a->digest) == 0 &&
           a->has_note == b->has_note &&
           memcmp(a->note, b->note, sizeof a->note) == 0 && a->count == b->count &&
           a->at.s == b->at.s;
}

static bool
round_trips(const struct tbc_leaf *leaf)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_leaf back;
    bool ok = tbc_leaf_encode(leaf, &bytes) == TBC_OK && bytes.len <= TBC_LEAF_MAX &&
              tbc_leaf_decode(&back, tbc_buf_span(&bytes), NULL) == TBC_OK &&
              same(leaf, &back);

    tbc_buf_fini(&bytes);
    return ok;
}

static void
every_kind_comes_back_as_it_was(void)
{
    for (int k = 1; k <= KINDS_N; k++) {
        struct tbc_leaf leaf = least((enum tbc_leaf_kind)k);

        CU_ASSERT(round_trips(&leaf));
        CU_ASSERT_STRING_NOT_EQUAL(tbc_leaf_kind_name(leaf.kind), "?");
    }
    CU_ASSERT_STRING_EQUAL(tbc_leaf_kind_name((enum tbc_leaf_kind)0), "?");
    CU_ASSERT_STRING_EQUAL(tbc_leaf_kind_name((enum tbc_leaf_kind)(KINDS_N + 1)), "?");
}

static void
the_longest_leaf_fits(void)
{
    struct tbc_leaf leaf = least(TBC_LEAF_LOOKUP);

    leaf.time.s = 253402300799;
    leaf.has_cti = true;
    leaf.has_note = true;
    memset(leaf.device, 'd', sizeof leaf.device - 1);
    memset(leaf.word, 'W', sizeof leaf.word - 1);
    CU_ASSERT(round_trips(&leaf));
    leaf = least(TBC_LEAF_ASSIST);
    memset(leaf.device, 'd', sizeof leaf.device - 1);
    CU_ASSERT(round_trips(&leaf));
    leaf = least(TBC_LEAF_ENTER);
    leaf.has_cti = true;
    leaf.at.s = leaf.time.s - 3600;
    CU_ASSERT(round_trips(&leaf));
    leaf = least(TBC_LEAF_IMPORT);
    leaf.count = UINT64_MAX;
    CU_ASSERT(round_trips(&leaf));
}

/* Change one thing of a leaf that is as it should be: it is not written any more. */
static void
what_makes_no_sense_is_not_written(void)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_leaf leaves[9];

    for (size_t i = 0; i < 9; i++) {
        leaves[i] = least(TBC_LEAF_ENTER);
    }
    leaves[0].kind = (enum tbc_leaf_kind)15;
    leaves[1].time.s = 0;
    leaves[2].device[0] = '\0';
    (void)snprintf(leaves[3].device, sizeof leaves[3].device, "gate 3");
    (void)snprintf(leaves[4].word, sizeof leaves[4].word, "asked");
    leaves[5].word[0] = '\0';
    leaves[6].has_digest = true;
    leaves[7].count = 1;
    leaves[8].at.s = -1;
    for (size_t i = 0; i < 9; i++) {
        CU_ASSERT_EQUAL(tbc_leaf_encode(&leaves[i], &bytes), TBC_ERR_RANGE);
        CU_ASSERT_EQUAL(bytes.len, 0);
    }
    tbc_buf_fini(&bytes);
}

#define TIME "021a698000b0"
#define BY   "036667 6174652d33" /* gate-3 */
#define OF   "0450c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7"
#define WAS  "05684143434550544544" /* ACCEPTED */
#define D32  "d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1"
#define SUM  "065820" D32
#define MARK "075820" D32

static void
decode_says_what_is_wrong(void)
{
    static const struct {
        const char *hex;
        const char *what; /* NULL: any word */
    } rows[] = {
        { "", "leaf" },
        { "80", "leaf" },
        { "a0", "fields of its kind" },
        { "a1010d", "fields of its kind" },  /* no time */
        { "a1" TIME, "fields of its kind" }, /* no kind */
        { "a20100" TIME, "kind" },
        { "a2010f" TIME, "kind" },
        { "a2011b8000000000000003" TIME, "kind" },
        { "a2010d0200", "time" },
        { "a2010d021b0000003afff44180", "time" }, /* the year 10000 */
        { "a2010d02fb41da5fffffc00000", NULL },   /* a float */
        { "a2021a698000b0010d", NULL },           /* unsorted */
        { "a3010d010d" TIME, NULL },              /* twice */
        { "a2180d0d" TIME, NULL },                /* a long form */
        { "a3010d" TIME "0a00", "unknown field" },
        { "a3010d" TIME "2000", "unknown field" },
        { "a3010d" TIME "616100", NULL },           /* a text key */
        { "a3010d" TIME BY, "fields of its kind" }, /* START by a device */
        { "a3010d" TIME OF, "fields of its kind" },
        { "a4010101" TIME BY OF, NULL },
        { "a40101" TIME BY OF, "fields of its kind" },          /* ISSUE, no digest */
        { "a40101" TIME BY SUM, "fields of its kind" },         /* ISSUE, no cti */
        { "a40101" TIME OF SUM, "fields of its kind" },         /* ISSUE, no device */
        { "a60101" TIME BY OF SUM MARK, "fields of its kind" }, /* ISSUE with a note */
        { "a60101" TIME BY OF WAS SUM, "fields of its kind" },
        { "a30103" TIME BY, "fields of its kind" }, /* ENTER, no verdict */
        { "a40103" TIME "0360" WAS, "device" },
        { "a40103" TIME "03622d61" WAS, "device" },   /* -a */
        { "a40103" TIME "0363612062" WAS, "device" }, /* a b */
        { "a40103" TIME "0363e69e97" WAS, "device" }, /* not ASCII */
        { "a40103" TIME "0341 61" WAS, "device" },    /* bytes */
        { "a40103" TIME "0362ff61" WAS, NULL },       /* not UTF-8 */
        { "a40103" TIME BY "0560", "word" },
        { "a40103" TIME BY "056161", "word" },      /* a */
        { "a40103" TIME BY "05634f20 4b", "word" }, /* O K */
        { "a40103" TIME BY "057820"
          "4141414141414141414141414141414141414141414141414141414141414141",
          "word" }, /* 32 letters */
        { "a50103" TIME BY "044fc7c7c7c7c7c7c7c7c7c7c7c7c7c7c7" WAS, "cti" },
        { "a50103" TIME BY "0451c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7" WAS, "cti" },
        { "a50103" TIME BY WAS "0900", "at" },
        { "a4010a" TIME BY "0800", "fields of its kind" }, /* a count of nothing */
        { "a4010a" TIME BY "0820", "count" },
        { "a40109" TIME BY WAS, "fields of its kind" },
        { "a50109" TIME BY WAS "06581f" D32, NULL },
        { "a2010d" TIME "00", "trailing bytes" },
        { "bf010d" TIME "ff", NULL }, /* indefinite */
        { "c1a2010d" TIME, "leaf" },  /* tagged */
        { "bb7fffffffffffffff", "leaf" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static const struct tbc_leaf empty;
        char hex[512] = "";
        size_t n = 0;
        struct tbc_buf bytes = { 0 };
        struct tbc_leaf leaf;
        struct tbc_fault fault = { 0 };

        for (const char *c = rows[i].hex; *c != '\0'; c++) {
            hex[n] = *c;
            n += *c != ' ' ? 1 : 0; /* the rows are spaced for the eye */
        }
        hex[n] = '\0';
        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), &bytes, NULL), TBC_OK);
        CU_ASSERT_NOT_EQUAL(tbc_leaf_decode(&leaf, tbc_buf_span(&bytes), &fault),
                            TBC_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(fault.what);
        if (rows[i].what != NULL && strcmp(fault.what, rows[i].what) != 0) {
            CU_FAIL(rows[i].hex);
            printf("row %zu: %s\n", i, fault.what);
        }
        CU_ASSERT(same(&leaf, &empty));
        tbc_buf_fini(&bytes);
    }
}

static void
no_cut_and_no_flipped_bit_gives_the_same_leaf(void)
{
    struct tbc_leaf leaf = least(TBC_LEAF_ASSIST);
    struct tbc_buf bytes = { 0 };
    struct tbc_leaf back;

    CU_ASSERT_EQUAL_FATAL(tbc_leaf_encode(&leaf, &bytes), TBC_OK);
    for (size_t len = 0; len < bytes.len; len++) {
        CU_ASSERT_NOT_EQUAL(
            tbc_leaf_decode(&back, tbc_span_sub(tbc_buf_span(&bytes), 0, len), NULL),
            TBC_OK);
    }
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_FALSE(tbc_leaf_decode(&back, tbc_buf_span(&bytes), NULL) == TBC_OK &&
                        same(&leaf, &back));
        bytes.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    tbc_buf_fini(&bytes);
}

static void
every_kind_stands_in_the_grammar(void)
{
    static char text[1u << 14];
    char path[512];
    FILE *f;
    size_t n;

    (void)snprintf(path, sizeof path, "%s/docs/journal.cddl",
                   tbc_test_env("TBC_SOURCE_DIR"));
    f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    n = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    if (f != NULL) {
        (void)fclose(f);
    }
    for (int k = 1; k <= KINDS_N; k++) {
        char rule[32];

        (void)snprintf(rule, sizeof rule, " base<%d>,", k);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, rule));
    }
}

TBC_SUITE("codec/leaf", TEST(every_kind_comes_back_as_it_was),
          TEST(the_longest_leaf_fits), TEST(what_makes_no_sense_is_not_written),
          TEST(decode_says_what_is_wrong),
          TEST(no_cut_and_no_flipped_bit_gives_the_same_leaf),
          TEST(every_kind_stands_in_the_grammar))
