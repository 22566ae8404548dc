/* A gate with a camera: real photographs, real models, the station's real seal. */
#include "base/text.h"
#include "codec/claims.h"
#include "codec/cose.h"
#include "codec/token.h"
#include "faces.h"
#include "gates.h"
#include "suite.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    HE,
    WEN_LAN,
    ROSSI,
    PEOPLE_N
};

/* The last comes to the desk, where no face is checked, and so has none in the certificate. */
static const struct faces_wish people[PEOPLE_N] = {
    [HE] = { TBC_DOC_CN, "11010519491231002X", "astronaut.png", true },
    [WEN_LAN] = { TBC_DOC_CN, "330102198804122048", "grace_hopper.jpg", true },
    [ROSSI] = { TBC_DOC_PASSPORT, "YB1234567", NULL, false },
};

static struct {
    struct stage s;
    char texts[PEOPLE_N][GATES_TEXT];
    char pictures[STAGE_PATH * 2]; /* what the gate's camera sees */
    struct gates_gate gate;
} rig;

/* Each has a ticket whose boarding is open. */
static bool
import_tickets(struct stage *s)
{
    const char *table = stage_path(s, "tickets.csv");
    char depart[TBC_RFC3339_SIZE];
    struct tbc_buf csv = { 0 };
    bool ok;

    tbc_utc_format((struct tbc_utc){ tbc_clock_utc().s + 1200 }, depart);
    tbc_buf_append_str(&csv, "kind,number,train,depart,from,to\n");
    for (size_t i = 0; i < PEOPLE_N; i++) {
        tbc_buf_printf(&csv, "%s,%s,G1207,%s,YZN,QYB\n",
                       tbc_doc_kind_word(people[i].kind), people[i].number, depart);
    }
    ok =
        tbc_buf_status(&csv) == TBC_OK &&
        tbc_file_write(table, tbc_buf_span(&csv), 0600) == TBC_OK &&
        stage_run((const char *const[]){ "tbc", "import", "tickets", table, "--device",
                                         stage_path(s, "operator.device"), NULL }) == 0;
    tbc_buf_fini(&csv);
    return ok;
}

static bool
at_kiosk(struct tbc_client *kiosk, const struct faces_wish *who,
         struct tbc_issue_reply *out)
{
    static struct tbc_apply_reply applied; /* large */
    struct tbc_issue in = { .medium = TBC_MEDIUM_PAPER };

    if (!stage_is(faces_apply(&rig.s, kiosk, who, &applied), TBC_CODE_FINE)) {
        return false;
    }
    memcpy(in.handle, applied.handle, sizeof in.handle);
    return stage_is(stage_ask(kiosk, TBC_OP_ISSUE, &in, out), TBC_CODE_FINE);
}

static bool
at_desk(const struct faces_wish *who, struct tbc_issue_reply *out)
{
    struct tbc_assist in = { .kind = who->kind,
                             .officer = "desk 3",
                             .reason = "asked",
                             .medium = TBC_MEDIUM_PAPER };

    (void)snprintf(in.number, sizeof in.number, "%s", who->number);
    return stage_is(stage_ask(rig.s.client, TBC_OP_ASSIST, &in, out), TBC_CODE_FINE);
}

static bool
issue(struct tbc_client *kiosk, const struct faces_wish *who, char *text)
{
    struct tbc_issue_reply out = { 0 };
    struct tbc_buf encoded = { 0 };
    struct tbc_claims claims;
    struct tbc_cose cose;
    bool ok = who->photo == NULL ? at_desk(who, &out) : at_kiosk(kiosk, who, &out);

    ok = ok && tbc_cose_open(&cose, out.certificate, NULL) == TBC_OK &&
         tbc_claims_decode(&claims, cose.payload, NULL) == TBC_OK &&
         tbc_token_encode(out.certificate, &encoded) == TBC_OK;
    if (ok) {
        CU_ASSERT_EQUAL(claims.has_face, who->gate_face);
        (void)snprintf(text, GATES_TEXT, "%s\n", tbc_buf_str(&encoded));
    }
    tbc_buf_fini(&encoded);
    return ok;
}

static void
set_up(void)
{
    struct tbc_client *kiosk = NULL;
    struct stage *s = &rig.s;

    stage_make(s);
    CU_ASSERT_FATAL(mkdir(stage_path(s, "conf.d"), 0700) == 0);
    CU_ASSERT_EQUAL_FATAL(
        tbc_file_write(stage_path(s, "conf.d/face.conf"),
                       tbc_span_str("[policy]\ngate_face_permille = 300\n"), 0600),
        TBC_OK);
    CU_ASSERT_FATAL(
        stage_start(s,
                    (const char *const[]){ "--models", getenv("TBC_MODELS"), NULL }) &&
        stage_connect(s) && faces_import(s) && import_tickets(s) &&
        stage_enrol(s, "kiosk-1", TBC_ROLE_KIOSK) &&
        stage_enrol(s, "gate-1", TBC_ROLE_GATE) &&
        stage_connect_as(&kiosk, stage_path(s, "kiosk-1.device"), false));
    for (size_t i = 0; i < PEOPLE_N; i++) {
        CU_ASSERT_FATAL(issue(kiosk, &people[i], rig.texts[i]));
    }
    tbc_client_close(&kiosk);
    (void)snprintf(rig.pictures, sizeof rig.pictures, "%s", stage_path(s, "seen.jpg"));
}

/* Start a gate whose camera sees those pictures. */
static void
start(const char *pictures)
{
    struct gates_gate *g = &rig.gate;
    char camera[STAGE_PATH * 2 + 8];

    (void)snprintf(camera, sizeof camera, "dir:%s", pictures);
    memset(g, 0, sizeof *g);
    memcpy(g->name, "gate-1", sizeof "gate-1");
    CU_ASSERT_FATAL(
        gates_start(&rig.s, g,
                    (const char *const[]){ "--face-camera", camera, "--models",
                                           getenv("TBC_MODELS"), NULL },
                    NULL, NULL));
    CU_ASSERT_FATAL(gates_until(g, "ready "));
}

static void
await_station(void)
{
    struct gates_gate *g = &rig.gate;

    if (strstr(g->line, "mode=online") == NULL) {
        CU_ASSERT_FATAL(gates_until(g, "mode online"));
    }
}

/* What the camera saw (NULL: it did not look), and the verdict. */
static void
present(size_t who, const char *face, const char *verdict)
{
    struct gates_gate *g = &rig.gate;
    char wanted[64];

    CU_ASSERT_FATAL(gates_present(g, rig.texts[who]));
    if (face != NULL) {
        (void)snprintf(wanted, sizeof wanted, "face %s", face);
        CU_ASSERT(gates_until(g, "face "));
        CU_ASSERT_STRING_EQUAL(g->line, wanted);
    }
    CU_ASSERT(gates_line(g));
    (void)snprintf(wanted, sizeof wanted, "verdict %s ", verdict);
    if (strncmp(g->line, wanted, strlen(wanted)) != 0) {
        (void)fprintf(stderr, "wanted \"%s\", got \"%s\"\n", wanted, g->line);
        CU_FAIL("another verdict");
    }
    if (strncmp(verdict, "ACCEPTED", 8) == 0) {
        CU_ASSERT(gates_until(g, "barrier open") && gates_until(g, "barrier shut"));
    }
}

static void
another_face_is_the_officers_and_the_right_one_walks_through(void)
{
    if (!faces_are_here()) {
        tbc_test_skip("TBC_MODELS and TBC_PEOPLE name no models and photographs");
        return;
    }
    set_up();
    CU_ASSERT_FATAL(faces_see("grace_hopper.jpg", rig.pictures));
    start(rig.pictures);
    await_station();
    present(HE, "other", "FACE_MISMATCH");
    present(WEN_LAN, "same", "ACCEPTED");
    present(ROSSI, NULL, "ACCEPTED");
    CU_ASSERT_EQUAL(rig.gate.opened, 2);
    CU_ASSERT_EQUAL(gates_end(&rig.gate), 0);
}

/* Without the station the keys of its last HELLO still open the seal. */
static void
who_cannot_be_seen_is_the_officers_also_offline(void)
{
    char nobody[STAGE_PATH * 2];

    if (!faces_are_here()) {
        return; /* said above */
    }
    stage_strike(&rig.s);
    (void)snprintf(nobody, sizeof nobody, "%s/camera.png", getenv("TBC_PEOPLE"));
    start(nobody);
    present(HE, "nobody", "FACE_MISMATCH");
    CU_ASSERT_EQUAL(rig.gate.opened, 0);
    CU_ASSERT_EQUAL(gates_end(&rig.gate), 0);
}

static void
a_camera_that_is_gone_keeps_nobody_out(void)
{
    static char said[4096];

    if (!faces_are_here()) {
        return;
    }
    start("/nowhere");
    present(HE, "unable", "ACCEPTED_OFFLINE");
    tbc_process_end_input(&rig.gate.process);
    while (gates_line(&rig.gate)) {
    }
    CU_ASSERT_EQUAL(
        tbc_process_wait(&rig.gate.process, GATES_WAIT_MS, said, sizeof said), 0);
    CU_ASSERT(stage_says(said, "passengers are not compared"));
}

TBC_SUITE("e2e/gate_face",
          TEST(another_face_is_the_officers_and_the_right_one_walks_through),
          TEST(who_cannot_be_seen_is_the_officers_also_offline),
          TEST(a_camera_that_is_gone_keeps_nobody_out))
