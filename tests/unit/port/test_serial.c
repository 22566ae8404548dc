/* The relay board, from its side of a pseudo-terminal. */
#include "port/output.h"
#include "suite.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 8000

static int board = -1;

static struct tbc_output *
open_relays(const char *more, size_t points_n)
{
    struct tbc_output *out = NULL;
    struct tbc_port_spec spec;
    struct tbc_buf why = { 0 };
    char text[96];

    board = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CU_ASSERT_FATAL(board >= 0 && grantpt(board) == 0 && unlockpt(board) == 0);
    (void)snprintf(text, sizeof text, "serial:%s%s", ptsname(board), more);
    CU_ASSERT_EQUAL_FATAL(tbc_port_parse(&spec, text, points_n, &why), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_output_open(&out, NULL, &spec, &why), TBC_OK);
    return out;
}

static bool
board_got(const uint8_t *want, size_t len)
{
    uint8_t got[16] = { 0 };
    size_t n = 0;

    while (n < len) {
        struct pollfd p = { .fd = board, .events = POLLIN };
        ssize_t more;

        if (poll(&p, 1, WAIT_MS) <= 0 || (more = read(board, got + n, len - n)) <= 0) {
            return false;
        }
        n += (size_t)more;
    }
    return memcmp(got, want, len) == 0;
}

static void
relay_gets_its_number_its_state_and_their_sum(void)
{
    static const uint8_t on[] = { 0xa0, 0x02, 0x01, 0xa3 };
    static const uint8_t off[] = { 0xa0, 0x02, 0x00, 0xa2 };
    struct tbc_output *out = open_relays(",2", 1);

    CU_ASSERT_EQUAL(tbc_output_set(out, 1), TBC_OK);
    CU_ASSERT(board_got(on, sizeof on));
    CU_ASSERT_EQUAL(tbc_output_set(out, 0), TBC_OK);
    CU_ASSERT(board_got(off, sizeof off));
    tbc_output_close(&out);
    close(board);
}

static void
three_relays_turn_together_and_active_low_turns_them_round(void)
{
    static const uint8_t three[] = { 0xa0, 1,    1,    0xa2, 0xa0, 2,
                                     0,    0xa2, 0xa0, 3,    1,    0xa4 };
    static const uint8_t low[] = { 0xa0, 1, 1, 0xa2 };
    struct tbc_output *out = open_relays("", 3);

    CU_ASSERT_EQUAL(tbc_output_post(out, 5), TBC_OK);
    CU_ASSERT(board_got(three, sizeof three));
    tbc_output_close(&out);
    close(board);
    out = open_relays(",active-low", 1);
    CU_ASSERT_EQUAL(tbc_output_set(out, 0), TBC_OK);
    CU_ASSERT(board_got(low, sizeof low));
    tbc_output_close(&out);
    close(board);
}

static void
unplugged_board_is_noticed_before_it_is_needed(void)
{
    struct tbc_output *out = open_relays("", 1);

    CU_ASSERT_EQUAL(tbc_output_check(out), TBC_OK);
    close(board);
    CU_ASSERT_EQUAL(tbc_output_check(out), TBC_ERR_IO);
    CU_ASSERT_EQUAL(tbc_output_set(out, 1), TBC_ERR_IO);
    tbc_output_close(&out);
}

/* The barrier must not open because the lamp turns green on the same relay. */
static void
relay_that_is_driven_already_is_refused_by_whatever_name(void)
{
    struct tbc_output *barrier = NULL;
    struct tbc_output *lamp = NULL;
    struct tbc_ports *ports = NULL;
    struct tbc_port_spec spec;
    struct tbc_buf why = { 0 };
    char text[96];

    board = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    CU_ASSERT_FATAL(board >= 0 && grantpt(board) == 0 && unlockpt(board) == 0);
    CU_ASSERT_EQUAL_FATAL(tbc_ports_new(&ports), TBC_OK);
    (void)snprintf(text, sizeof text, "serial:%s", ptsname(board));
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, text, 1, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&barrier, ports, &spec, &why), TBC_OK);
    (void)snprintf(text, sizeof text, "serial:/dev/../%s", ptsname(board) + 1);
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, text, 3, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&lamp, ports, &spec, &why), TBC_ERR_CONFLICT);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "relay 1 is driven by another"));
    (void)snprintf(text, sizeof text, "serial:%s,2,3,4", ptsname(board));
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, text, 3, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&lamp, ports, &spec, &why), TBC_OK);
    tbc_output_close(&lamp);
    tbc_output_close(&barrier);
    (void)snprintf(text, sizeof text, "serial:%s", ptsname(board));
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, text, 3, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&lamp, ports, &spec, &why),
                    TBC_OK); /* given back */
    tbc_output_close(&lamp);
    tbc_ports_free(&ports);
    tbc_buf_fini(&why);
    close(board);
}

static void
missing_board_and_a_file_are_named(void)
{
    struct tbc_output *out = NULL;
    struct tbc_port_spec spec;
    struct tbc_buf why = { 0 };

    CU_ASSERT_EQUAL(tbc_port_parse(&spec, "serial:/dev/none", 1, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&out, NULL, &spec, &why), TBC_ERR_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&why), "/dev/none: not found");
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, "serial:/dev/null", 1, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&out, NULL, &spec, &why), TBC_ERR_IO);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&why), "/dev/null: not a serial line");
    tbc_buf_clear(&why);
    CU_ASSERT_EQUAL(tbc_port_parse(&spec, "file:/dev/null", 1, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_output_open(&out, NULL, &spec, &why), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "a file is not driven"));
    CU_ASSERT_PTR_NULL(out);
    tbc_buf_fini(&why);
}

TBC_SUITE("port/serial", TEST(relay_gets_its_number_its_state_and_their_sum),
          TEST(three_relays_turn_together_and_active_low_turns_them_round),
          TEST(unplugged_board_is_noticed_before_it_is_needed),
          TEST(relay_that_is_driven_already_is_refused_by_whatever_name),
          TEST(missing_board_and_a_file_are_named))
