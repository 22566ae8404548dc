/* What an operator and a passenger get done: tables taken in, the desk's commands, faces. */
#include "base/text.h"
#include "codec/claims.h"
#include "codec/cose.h"
#include "faces.h"
#include "suite.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
a_bad_table_is_refused_by_line_and_nothing_is_taken_in(void)
{
    static const struct {
        const char *table; /* people or tickets */
        const char *text;
        const char *complaint;
    } bad[] = {
        { "people", "", ":1: no header line" },
        { "people", "kind,number\n", ":1: column name is missing" },
        { "people", "kind,number,name,nick\n", ":1: unknown column: nick" },
        { "people", "kind,number,name,kind\n", ":1: column kind stands there twice" },
        { "people", "kind,number,name\n", ": no rows" },
        { "people", "kind,number,name\ncn,110105194912310021,A\n",
          ":2: number: the check character does not match" },
        { "people", "kind,number,name\nxx,11010519491231002X,A\n", ":2: kind: " },
        { "people", "kind,number,name\ncn,11010519491231002X,\n", ":2: name: empty" },
        { "people",
          "kind,number,name\ncn,11010519491231002X,A\ncn,11010519491231002x,B\n",
          ":3: the same as line 2" },
        { "people", "kind,number,name\ncn,11010519491231002X,=cmd()\n",
          ":2: a cell begins like a formula" },
        { "people", "kind,number,name\ncn,11010519491231002X,\xc1\xd6\n",
          ":2: not UTF-8" },
        { "people", "kind,number,name,photo\ncn,11010519491231002X,A,../x.png\n",
          ":2: photo: a file name is wanted" },
        { "people", "kind,number,name,photo\ncn,11010519491231002X,A,none.png\n",
          ":2: photo: " },
        { "tickets",
          "kind,number,train,depart,from,to\n"
          "cn,11010519491231002X,G1,tomorrow,YZN,QYB\n",
          ":2: depart: not a time" },
        { "tickets",
          "kind,number,train,depart,from,to\n"
          "cn,11010519491231002X,G1,2026-02-03T09:41:00Z,TOOLONGCODE,QYB\n",
          ":2: from: longer than 7 bytes" },
    };
    static struct tbc_stats_reply stats;
    static struct stage s;
    const char *table;
    const char *device;

    stage_raise(&s);
    table = stage_path(&s, "table.csv");
    device = stage_path(&s, "operator.device");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(tbc_file_write(table, tbc_span_str(bad[i].text), 0600), TBC_OK);
        CU_ASSERT_EQUAL(
            stage_run((const char *const[]){ "tbc", "import", bad[i].table, "--device",
                                             device, table, NULL }),
            4);
        if (strstr(stage_said(), "table.csv") == NULL ||
            strstr(stage_said(), bad[i].complaint) == NULL) {
            (void)fprintf(stderr, "wanted \"%s\", got: %s", bad[i].complaint,
                          stage_said());
            CU_FAIL("a bad table is not named as it should be");
        }
    }
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_STATS, NULL, &stats), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(stats.stats[0].value, 0);
    CU_ASSERT_EQUAL(stats.stats[2].value, 0);
    stage_strike(&s);
}

static void
the_desk_works_from_the_command_line(void)
{
    static struct stage s;
    struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_buf cti = { 0 };
    const char *device;
    const char *id;

    stage_raise(&s);
    device = stage_path(&s, "operator.device");
    CU_ASSERT(stage_import(&s, 1));
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){
            "tbc", "issue", "--kind", "passport", "--number", in.number, "--officer",
            "desk 3", "--reason", "asked", "--device", device, NULL }),
        0);
    /* the operator asks for the same person: it is the certificate that the desk issued */
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &in, &issued), TBC_CODE_FINE));
    CU_ASSERT(issued.again);
    CU_ASSERT_EQUAL(tbc_hex_encode(tbc_span_of(issued.cti, sizeof issued.cti), &cti),
                    TBC_OK);
    CU_ASSERT_FATAL((id = tbc_buf_str(&cti)) != NULL);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc", "show", id, "--device", device, NULL }),
        0);
    for (int want = 0; want < 2; want++) { /* the second time it is revoked already */
        CU_ASSERT_EQUAL(
            stage_run((const char *const[]){ "tbc", "revoke", id, "--reason", "lost",
                                             "--device", device, NULL }),
            want);
    }
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc", "show", "12", "--device",
                                                     device, NULL }),
                    2);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc", "stats", "--device", device, NULL }),
        0);
    CU_ASSERT_EQUAL(
        stage_run((const char *const[]){ "tbc", "device", "revoke", "nobody",
                                         "--device", device, NULL }),
        1);
    tbc_buf_fini(&cti);
    stage_strike(&s);
}

static struct answer
apply_with(const struct stage *s, struct tbc_client *kiosk, const char *photo,
           struct tbc_apply_reply *out)
{
    const struct faces_wish wish = { .kind = TBC_DOC_CN,
                                     .number = "11010519491231002X",
                                     .photo = photo };

    return faces_apply(s, kiosk, &wish, out);
}

static void
the_right_face_gets_a_certificate_and_the_wrong_one_does_not(void)
{
    static struct tbc_apply_reply applied;
    static struct stage s;
    struct tbc_client *kiosk = NULL;
    struct tbc_issue issue = { .medium = TBC_MEDIUM_PAPER };
    struct tbc_issue_reply issued;
    struct tbc_claims claims;
    struct tbc_cose cose;
    struct answer a;

    if (!faces_are_here()) {
        tbc_test_skip("TBC_MODELS and TBC_PEOPLE name no models and photographs");
        return;
    }
    stage_make(&s);
    CU_ASSERT_FATAL(
        stage_start(&s,
                    (const char *const[]){ "--models", getenv("TBC_MODELS"), NULL }) &&
        stage_connect(&s));
    CU_ASSERT_FATAL(faces_import(&s));
    CU_ASSERT(stage_enrol(&s, "kiosk-1", TBC_ROLE_KIOSK));
    CU_ASSERT_FATAL(stage_connect_as(&kiosk, stage_path(&s, "kiosk-1.device"), false));
    a = apply_with(&s, kiosk, "astronaut.png", &applied);
    CU_ASSERT_FATAL(stage_is(a, TBC_CODE_FINE));
    CU_ASSERT(applied.score >= 450);
    CU_ASSERT_STRING_EQUAL(applied.name, "林*禾");
    CU_ASSERT_STRING_EQUAL(applied.number, "1101**********002X");
    CU_ASSERT_EQUAL(applied.quota_left, 5);
    memcpy(issue.handle, applied.handle, sizeof issue.handle);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_ISSUE, &issue, &issued), TBC_CODE_DENIED));
    CU_ASSERT_FATAL(
        stage_is(stage_ask(kiosk, TBC_OP_ISSUE, &issue, &issued), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(tbc_cose_open(&cose, issued.certificate, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_claims_decode(&claims, cose.payload, NULL), TBC_OK);
    CU_ASSERT_EQUAL(claims.assurance, TBC_ASSURANCE_PASSIVE);
    CU_ASSERT_EQUAL(claims.channel, TBC_CHANNEL_KIOSK);
    CU_ASSERT_EQUAL(claims.exp.s - claims.iat.s, 86400);
    issue.handle[0] ^= 1;
    CU_ASSERT(
        stage_is(stage_ask(kiosk, TBC_OP_ISSUE, &issue, &issued), TBC_CODE_LAPSED));
    for (unsigned left = 3; left-- > 0;) {
        a = apply_with(&s, kiosk, "grace_hopper.jpg", &applied);
        CU_ASSERT(stage_is(a, TBC_CODE_FACE_REFUSED));
        CU_ASSERT_EQUAL(a.problem.tries_left, left);
        CU_ASSERT(a.problem.score < 350);
    }
    a = apply_with(&s, kiosk, "astronaut.png", &applied);
    CU_ASSERT(stage_is(a, TBC_CODE_FACE_REFUSED));
    CU_ASSERT_EQUAL(a.problem.tries_left, 0);
    tbc_client_close(&kiosk);
    stage_strike(&s);
}

TBC_SUITE("e2e/desk", TEST(a_bad_table_is_refused_by_line_and_nothing_is_taken_in),
          TEST(the_desk_works_from_the_command_line),
          TEST(the_right_face_gets_a_certificate_and_the_wrong_one_does_not))
