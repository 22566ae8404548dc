#include "session.h"
#include "suite.h"

#include <string.h>

#define TODAY 20780 /* 2026-11-23 */

static void
type(struct kiosk_session *s, const char *text)
{
    for (; *text != '\0'; text++) {
        (void)kiosk_session_edit(s, KIOSK_EV_KEY, (unsigned char)*text, TODAY);
    }
}

static void
a_number_is_judged_as_it_is_typed(void)
{
    struct kiosk_session s;

    kiosk_session_init(&s);
    type(&s, "11010519491231002");
    CU_ASSERT_EQUAL(s.fault, TBC_DOC_TOO_SHORT);
    CU_ASSERT(kiosk_session_edit(&s, KIOSK_EV_KEY, '1', TODAY));
    CU_ASSERT_EQUAL(s.fault, TBC_DOC_BAD_CHECK);
    CU_ASSERT(kiosk_session_edit(&s, KIOSK_EV_BACKSPACE, 0, TODAY));
    CU_ASSERT_EQUAL(s.fault, TBC_DOC_TOO_SHORT);
    CU_ASSERT(kiosk_session_edit(&s, KIOSK_EV_KEY, 'X', TODAY));
    CU_ASSERT_EQUAL(s.fault, TBC_DOC_FINE);
    CU_ASSERT_STRING_EQUAL(s.number, "11010519491231002X");
    CU_ASSERT(!kiosk_session_edit(&s, KIOSK_EV_KEY, '1', TODAY));
    CU_ASSERT_STRING_EQUAL(s.number, "11010519491231002X");
    CU_ASSERT(kiosk_session_edit(&s, KIOSK_EV_CLEAR, 0, TODAY));
    CU_ASSERT_STRING_EQUAL(s.number, "");
    CU_ASSERT_EQUAL(s.fault, TBC_DOC_TOO_SHORT);
    kiosk_session_wipe(&s);
}

static void
letters_that_no_such_document_has_are_not_taken(void)
{
    static const int wrong[] = { 'X', 'A', ' ', 0, -1, 0x4e2d, '\n' };
    struct kiosk_session s;

    kiosk_session_init(&s);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT(!kiosk_session_edit(&s, KIOSK_EV_KEY, wrong[i], TODAY));
    }
    CU_ASSERT_STRING_EQUAL(s.number, "");
    CU_ASSERT(kiosk_session_edit(&s, KIOSK_EV_BACKSPACE, 0, TODAY));
    kiosk_session_wipe(&s);
}

static void
another_kind_begins_a_new_number_and_the_same_keeps_it(void)
{
    struct kiosk_session s;

    kiosk_session_init(&s);
    type(&s, "110105");
    kiosk_session_set_kind(&s, TBC_DOC_CN, TODAY);
    CU_ASSERT_STRING_EQUAL(s.number, "110105");
    kiosk_session_set_kind(&s, TBC_DOC_PASSPORT, TODAY);
    CU_ASSERT_STRING_EQUAL(s.number, "");
    type(&s, "E12345678");
    CU_ASSERT_EQUAL(s.fault, TBC_DOC_FINE);
    kiosk_session_wipe(&s);
}

static void
fill(struct kiosk_session *s)
{
    static const char secret[] = "SECRETSECRETSECRET";

    type(s, "11010519491231002X");
    s->language = KIOSK_EN;
    s->size = KIOSK_SIZE_HUGE;
    s->contrast = true;
    s->low = true;
    CU_ASSERT_EQUAL(tbc_buf_append_str(&s->frames[0], secret), TBC_OK);
    s->frames_n = 1;
    memcpy(s->applied.name, secret, sizeof secret);
    memcpy(s->applied.number, "1101**********002X", 19);
    memcpy(s->qr_text, secret, sizeof secret);
}

static bool
holds(const void *where, size_t len, const char *what)
{
    return memmem(where, len, what, strlen(what)) != NULL;
}

static void
nothing_is_left_after_the_wipe(void)
{
    struct kiosk_session s;

    kiosk_session_init(&s);
    fill(&s);
    kiosk_session_wipe(&s);
    CU_ASSERT(!holds(&s, sizeof s, "SECRET"));
    CU_ASSERT(!holds(&s, sizeof s, "1101"));
    CU_ASSERT_EQUAL(s.language, KIOSK_ZH);
    CU_ASSERT_EQUAL(s.size, KIOSK_SIZE_NORMAL);
    CU_ASSERT(!s.contrast && !s.low);
    CU_ASSERT_EQUAL(s.frames_n, 0);
    CU_ASSERT_PTR_NULL(s.frames[0].ptr);
}

static void
the_request_carries_what_was_typed_and_taken(void)
{
    struct kiosk_session s;
    struct tbc_apply apply;

    kiosk_session_init(&s);
    fill(&s);
    kiosk_session_apply(&s, &apply);
    CU_ASSERT_EQUAL(apply.kind, TBC_DOC_CN);
    CU_ASSERT_STRING_EQUAL(apply.number, "11010519491231002X");
    CU_ASSERT_STRING_EQUAL(apply.language, "en");
    CU_ASSERT_EQUAL(apply.assurance, TBC_ASSURANCE_PASSIVE);
    CU_ASSERT_EQUAL(apply.frames_n, 1);
    CU_ASSERT_EQUAL(apply.frames[0].len, 18);
    CU_ASSERT_FALSE(apply.gate_face);
    kiosk_session_wipe(&s);
}

static void
a_face_for_gates_is_wished_only_where_the_screen_said_so(void)
{
    struct kiosk_session s;
    struct kiosk_flow flow;
    static struct kiosk_view view; /* large */
    struct tbc_apply apply;

    kiosk_session_init(&s);
    kiosk_flow_init(&flow, 3, (struct tbc_mono){ 0 });
    fill(&s);
    s.gate_faces = true;
    kiosk_session_view(&s, &flow, (struct tbc_mono){ 100 }, &view);
    CU_ASSERT_TRUE(view.gate_faces);
    kiosk_session_apply(&s, &apply);
    CU_ASSERT_TRUE(apply.gate_face);
    kiosk_session_wipe(&s);
    CU_ASSERT_FALSE(s.gate_faces);
}

static void
an_answer_becomes_a_qr_text(void)
{
    static uint8_t bytes[TBC_LIVE_MAX + 1];
    struct kiosk_session s;
    struct tbc_issue_reply reply = { .certificate = { bytes, 4 }, .expires = { 1000 } };

    kiosk_session_init(&s);
    CU_ASSERT_EQUAL(kiosk_session_take(&s, &reply), TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.qr_text, "TBC1:000000");
    CU_ASSERT_EQUAL(s.expires.s, 1000);
    reply.certificate.len = TBC_LIVE_MAX;
    CU_ASSERT_EQUAL(kiosk_session_take(&s, &reply), TBC_OK);
    CU_ASSERT_EQUAL(strlen(s.qr_text), TBC_QR_TEXT_MAX);
    reply.certificate.len = TBC_LIVE_MAX + 1;
    CU_ASSERT_EQUAL(kiosk_session_take(&s, &reply), TBC_ERR_LIMIT);
    CU_ASSERT_STRING_EQUAL(s.qr_text, "");
    reply.certificate.len = 0;
    CU_ASSERT_EQUAL(kiosk_session_take(&s, &reply), TBC_ERR_MALFORMED);
    kiosk_session_wipe(&s);
}

static void
the_slip_gets_the_log_in_short(void)
{
    static const uint8_t root[32] = { 0x5a, 0x1c, 0x9e, 0, 0xd2, 0xf1, 0xaa, 7, 0xff };
    static const uint8_t bytes[4];
    struct kiosk_session s;
    struct tbc_issue_reply reply = { .certificate = { bytes, 4 },
                                     .log_size = UINT64_MAX,
                                     .log_root = { root, 32 } };

    kiosk_session_init(&s);
    CU_ASSERT_EQUAL(kiosk_session_take(&s, &reply), TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.log, "18446744073709551615 5a1c9e00d2f1aa07");
    reply.log_root.len = 7;
    CU_ASSERT_EQUAL(kiosk_session_take(&s, &reply), TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.log, "");
    reply.log_root.len = 32;
    reply.log_size = 0;
    CU_ASSERT_EQUAL(kiosk_session_take(&s, &reply), TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.log, "");
    kiosk_session_wipe(&s);
}

static void
the_view_speaks_the_passengers_language(void)
{
    struct kiosk_session s;
    struct kiosk_flow flow;
    static struct kiosk_view view; /* large */

    kiosk_session_init(&s);
    kiosk_flow_init(&flow, 3, (struct tbc_mono){ 0 });
    memcpy(s.applied.name, "林*禾", sizeof "林*禾");
    memcpy(s.applied.latin, "Lin * He", sizeof "Lin * He");
    s.applied.trips_n = TBC_WIRE_TRIPS_MAX;
    flow.state = FLOW_CONFIRM;
    kiosk_session_view(&s, &flow, (struct tbc_mono){ 100 }, &view);
    CU_ASSERT_STRING_EQUAL(view.masked_name, "林*禾");
    CU_ASSERT_EQUAL(view.screen, KIOSK_CONFIRM);
    CU_ASSERT_EQUAL(view.trips_n, KIOSK_TRIPS_MAX);
    s.language = KIOSK_EN;
    kiosk_session_view(&s, &flow, (struct tbc_mono){ 100 }, &view);
    CU_ASSERT_STRING_EQUAL(view.masked_name, "Lin * He");
    s.applied.latin[0] = '\0';
    kiosk_session_view(&s, &flow, (struct tbc_mono){ 100 }, &view);
    CU_ASSERT_STRING_EQUAL(view.masked_name, "林*禾");
    kiosk_session_wipe(&s);
}

static void
the_view_counts_down_and_shows_what_lies_below(void)
{
    struct kiosk_session s;
    struct kiosk_flow flow;
    static struct kiosk_view view; /* large */

    kiosk_session_init(&s);
    kiosk_flow_init(&flow, 3, (struct tbc_mono){ 0 });
    flow.state = FLOW_NUMBER;
    (void)kiosk_flow_step(&flow, KIOSK_EV_IDLE, (struct tbc_mono){ 45000 });
    kiosk_session_view(&s, &flow, (struct tbc_mono){ 50000 }, &view);
    CU_ASSERT_EQUAL(view.screen, KIOSK_TIME_OUT);
    CU_ASSERT_EQUAL(view.under, KIOSK_NUMBER);
    CU_ASSERT_EQUAL(view.seconds_left, 15);
    CU_ASSERT_EQUAL(view.seconds_whole, 20);
    CU_ASSERT_EQUAL(view.motion_ms, 5000);
}

static void
the_desk_is_told_why(void)
{
    struct kiosk_session s;

    kiosk_session_init(&s);
    kiosk_session_note(&s, KIOSK_EV_FACE_REFUSED);
    CU_ASSERT_STRING_EQUAL(s.desk_reason, "face.desk");
    kiosk_session_note(&s, KIOSK_EV_QUOTA);
    CU_ASSERT_STRING_EQUAL(s.desk_reason, "quota.full");
    kiosk_session_note(&s, KIOSK_EV_APPLIED);
    CU_ASSERT_PTR_NULL(s.desk_reason);
}

static void
pages_stop_at_both_ends(void)
{
    struct kiosk_session s;

    kiosk_session_init(&s);
    kiosk_session_turn_page(&s, KIOSK_EV_PAGE_UP, 2);
    CU_ASSERT_EQUAL(s.page, 0);
    kiosk_session_turn_page(&s, KIOSK_EV_PAGE_DOWN, 2);
    kiosk_session_turn_page(&s, KIOSK_EV_PAGE_DOWN, 2);
    CU_ASSERT_EQUAL(s.page, 1);
    kiosk_session_tool(&s, KIOSK_EV_SIZE);
    CU_ASSERT_EQUAL(s.page, 0);
    CU_ASSERT_EQUAL(s.size, KIOSK_SIZE_LARGE);
}

TBC_SUITE("kiosk/session", TEST(a_number_is_judged_as_it_is_typed),
          TEST(letters_that_no_such_document_has_are_not_taken),
          TEST(another_kind_begins_a_new_number_and_the_same_keeps_it),
          TEST(nothing_is_left_after_the_wipe),
          TEST(the_request_carries_what_was_typed_and_taken),
          TEST(a_face_for_gates_is_wished_only_where_the_screen_said_so),
          TEST(an_answer_becomes_a_qr_text), TEST(the_slip_gets_the_log_in_short),
          TEST(the_view_speaks_the_passengers_language),
          TEST(the_view_counts_down_and_shows_what_lies_below),
          TEST(the_desk_is_told_why), TEST(pages_stop_at_both_ends))
