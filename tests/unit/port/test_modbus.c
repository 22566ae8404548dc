/* Coils and inputs against a real server of Modbus, over TCP and on a serial line. */
#include "modbus_device.h"
#include "port/input.h"
#include "port/output.h"
#include "suite.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WAIT_MS 8000

static struct modbus_device device;
static struct tbc_ports *ports;
static struct tbc_buf why;

static void
raise_device(void)
{
    CU_ASSERT_FATAL(modbus_device_start_tcp(&device, 0));
    CU_ASSERT_EQUAL_FATAL(tbc_ports_new(&ports), TBC_OK);
}

static void
strike_device(void)
{
    tbc_ports_free(&ports);
    modbus_device_stop(&device);
    tbc_buf_fini(&why);
}

static struct tbc_port_spec
at(const char *points, size_t points_n)
{
    struct tbc_port_spec spec;
    char text[128];

    if (device.tty[0] != '\0') {
        (void)snprintf(text, sizeof text, "modbus:rtu:%s,115200,5,%s", device.tty,
                       points);
    } else {
        (void)snprintf(text, sizeof text, "modbus:tcp:127.0.0.1:%d,1,%s", device.port,
                       points);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_port_parse(&spec, text, points_n, &why), TBC_OK);
    return spec;
}

static struct tbc_output *
open_output(const char *points, size_t points_n)
{
    struct tbc_port_spec spec = at(points, points_n);
    struct tbc_output *out = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_output_open(&out, ports, &spec, &why), TBC_OK);
    return out;
}

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
turn(struct tbc_output *out, unsigned on)
{
    int64_t end = now_ms() + WAIT_MS; /* a loaded machine may need another try */
    enum tbc_err err = tbc_output_set(out, on);

    while (err == TBC_ERR_TIMEOUT && now_ms() < end) {
        err = tbc_output_set(out, on);
    }
    CU_ASSERT_EQUAL(err, TBC_OK);
}

/* Until the check says so; the thread looks by itself. */
static bool
check_becomes(struct tbc_output *out, bool well)
{
    int64_t end = now_ms() + WAIT_MS;

    while (now_ms() < end) {
        if ((tbc_output_check(out) == TBC_OK) == well) {
            return true;
        }
        (void)poll(NULL, 0, 5);
    }
    return false;
}

static bool
input_becomes(struct tbc_input *in, enum tbc_err want, bool on)
{
    int64_t end = now_ms() + WAIT_MS;
    struct tbc_level level;

    while (now_ms() < end) {
        enum tbc_err err = tbc_input_look(in, &level);

        if ((err == TBC_OK) == (want == TBC_OK) && level.is_on == on) {
            return true;
        }
        (void)poll(NULL, 0, 5);
    }
    return false;
}

static void
coil_turns_and_is_read_back(void)
{
    struct tbc_output *out;

    raise_device();
    out = open_output("3", 1);
    turn(out, 1);
    CU_ASSERT(modbus_device_coil(&device, 3));
    CU_ASSERT_EQUAL(tbc_output_check(out), TBC_OK);
    turn(out, 0);
    CU_ASSERT(!modbus_device_coil(&device, 3));
    tbc_output_close(&out);
    strike_device();
}

static void
three_coils_turn_together_and_without_waiting(void)
{
    struct tbc_output *out;

    raise_device();
    out = open_output("0,1,7", 3);
    CU_ASSERT_EQUAL(tbc_output_post(out, 5), TBC_OK);
    CU_ASSERT(modbus_device_becomes(&device, 0, true, WAIT_MS));
    CU_ASSERT(modbus_device_becomes(&device, 7, true, WAIT_MS));
    CU_ASSERT(!modbus_device_coil(&device, 1));
    tbc_output_close(&out);
    strike_device();
}

static void
active_low_coil_is_off_at_1(void)
{
    struct tbc_output *out;

    raise_device();
    out = open_output("2,active-low", 1);
    turn(out, 0);
    CU_ASSERT(modbus_device_coil(&device, 2));
    turn(out, 1);
    CU_ASSERT(!modbus_device_coil(&device, 2));
    tbc_output_close(&out);
    strike_device();
}

static void
refused_write_is_a_fault(void)
{
    struct tbc_output *out;

    raise_device();
    out = open_output("0", 1);
    turn(out, 0);
    modbus_device_be(&device, MODBUS_REFUSES);
    CU_ASSERT_NOT_EQUAL(tbc_output_set(out, 1), TBC_OK);
    CU_ASSERT(check_becomes(out, false));
    modbus_device_be(&device, MODBUS_OBEYS);
    turn(out, 1);
    CU_ASSERT(check_becomes(out, true));
    tbc_output_close(&out);
    strike_device();
}

static void
coil_that_says_yes_and_does_not_turn_is_a_fault(void)
{
    struct tbc_output *out;

    raise_device();
    out = open_output("0", 1);
    turn(out, 0);
    modbus_device_be(&device, MODBUS_STUCK);
    CU_ASSERT_NOT_EQUAL(tbc_output_set(out, 1), TBC_OK);
    tbc_output_close(&out);
    strike_device();
}

static void
coil_that_somebody_else_turns_is_noticed(void)
{
    struct tbc_output *out;

    raise_device();
    out = open_output("0", 1);
    turn(out, 0);
    modbus_device_put_coil(&device, 0, true);
    CU_ASSERT(check_becomes(out, false));
    turn(out, 0);
    CU_ASSERT(check_becomes(out, true));
    tbc_output_close(&out);
    strike_device();
}

/* The promise that an acceptance which failed opens nothing later. */
static void
silent_device_holds_nobody_and_is_off_when_it_wakes(void)
{
    struct tbc_output *out;
    int64_t begun;
    int64_t least = INT64_MAX;

    raise_device();
    out = open_output("0", 1);
    turn(out, 0);
    modbus_device_be(&device, MODBUS_SILENT);
    for (int i = 0; i < 5; i++) { /* the least of five: others use this machine too */
        begun = now_ms();
        CU_ASSERT_NOT_EQUAL(tbc_output_set(out, 1), TBC_OK);
        begun = now_ms() - begun;
        least = begun < least ? begun : least;
    }
    CU_ASSERT(least <= 4 * TBC_OUTPUT_WAIT_MS);
    modbus_device_put_coil(&device, 0,
                           true); /* as if the last one had arrived after all */
    modbus_device_be(&device, MODBUS_OBEYS);
    CU_ASSERT(modbus_device_becomes(&device, 0, false, WAIT_MS));
    CU_ASSERT(check_becomes(out, true));
    tbc_output_close(&out);
    strike_device();
}

/* What was called off must not come after what is wanted next. */
static void
wish_of_a_closed_output_does_not_come_after_the_next(void)
{
    struct tbc_output *out;

    raise_device();
    out = open_output("0", 1);
    modbus_device_be(&device, MODBUS_SILENT);
    CU_ASSERT_NOT_EQUAL(tbc_output_set(out, 1), TBC_OK);
    tbc_output_close(&out);
    modbus_device_be(&device, MODBUS_OBEYS);
    out = open_output("0", 1);
    turn(out, 1);
    CU_ASSERT(modbus_device_coil(&device, 0));
    CU_ASSERT(check_becomes(out, true));
    CU_ASSERT(!modbus_device_becomes(&device, 0, false, 700));
    tbc_output_close(&out);
    strike_device();
}

static void
device_that_goes_and_comes_back_is_met_again(void)
{
    struct tbc_output *out;
    int port;

    raise_device();
    port = device.port;
    out = open_output("0", 1);
    turn(out, 0);
    modbus_device_stop(&device);
    CU_ASSERT(check_becomes(out, false));
    CU_ASSERT_NOT_EQUAL(tbc_output_set(out, 1), TBC_OK);
    CU_ASSERT_FATAL(modbus_device_start_tcp(&device, port));
    CU_ASSERT(check_becomes(out, true));
    turn(out, 1);
    CU_ASSERT(modbus_device_coil(&device, 0));
    tbc_output_close(&out);
    strike_device();
}

static void
input_is_read_on_the_same_connection_and_pulses_are_kept(void)
{
    struct tbc_port_spec spec;
    struct tbc_output *out;
    struct tbc_input *in = NULL;
    struct tbc_level level;

    raise_device();
    out = open_output("0", 1);
    turn(out, 0);
    spec = at("4", 1);
    CU_ASSERT_EQUAL_FATAL(tbc_input_open(&in, ports, &spec, &why), TBC_OK);
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(!level.is_on && !level.has_risen);
    modbus_device_put_input(&device, 4, true);
    CU_ASSERT(input_becomes(in, TBC_OK, true));
    CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
    CU_ASSERT(level.is_on && !level.has_risen); /* told once */
    turn(out, 1);
    modbus_device_be(&device, MODBUS_SILENT);
    CU_ASSERT(input_becomes(in, TBC_ERR_TIMEOUT, false));
    modbus_device_be(&device, MODBUS_OBEYS);
    CU_ASSERT(input_becomes(in, TBC_OK, true));
    tbc_input_close(&in);
    tbc_output_close(&out);
    strike_device();
}

static void
input_of_a_dead_device_is_refused_at_the_start(void)
{
    struct tbc_port_spec spec;
    struct tbc_input *in = NULL;
    struct tbc_output *out = NULL;

    raise_device();
    modbus_device_be(&device, MODBUS_SILENT);
    spec = at("0", 1);
    CU_ASSERT_NOT_EQUAL(tbc_input_open(&in, ports, &spec, &why), TBC_OK);
    CU_ASSERT_PTR_NULL(in);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "unit 1, input 0: "));
    tbc_buf_clear(&why);
    out = open_output("0", 1);
    CU_ASSERT_EQUAL(tbc_output_open(&(struct tbc_output *){ NULL }, ports, &spec, &why),
                    TBC_ERR_CONFLICT); /* two masters of one coil */
    tbc_output_close(&out);
    strike_device();
}

static void
serial_line_carries_coils_and_inputs(void)
{
    struct tbc_port_spec spec;
    struct tbc_output *out;
    struct tbc_input *in = NULL;
    struct tbc_output *other = NULL;

    CU_ASSERT_FATAL(modbus_device_start_rtu(&device, 5));
    CU_ASSERT_EQUAL_FATAL(tbc_ports_new(&ports), TBC_OK);
    out = open_output("1", 1);
    turn(out, 1);
    CU_ASSERT(modbus_device_coil(&device, 1));
    spec = at("6", 1);
    modbus_device_put_input(&device, 6, true);
    CU_ASSERT_EQUAL_FATAL(tbc_input_open(&in, ports, &spec, &why), TBC_OK);
    CU_ASSERT(input_becomes(in, TBC_OK, true));
    modbus_device_be(&device, MODBUS_SILENT);
    CU_ASSERT_NOT_EQUAL(tbc_output_set(out, 0), TBC_OK);
    modbus_device_be(&device, MODBUS_OBEYS);
    CU_ASSERT(modbus_device_becomes(&device, 1, false, WAIT_MS));
    spec.baud = 9600;
    CU_ASSERT_EQUAL(tbc_output_open(&other, ports, &spec, &why), TBC_ERR_CONFLICT);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "runs at 115200N already"));
    tbc_input_close(&in);
    tbc_output_close(&out);
    strike_device();
}

TBC_SUITE("port/modbus", TEST(coil_turns_and_is_read_back),
          TEST(three_coils_turn_together_and_without_waiting),
          TEST(active_low_coil_is_off_at_1), TEST(refused_write_is_a_fault),
          TEST(coil_that_says_yes_and_does_not_turn_is_a_fault),
          TEST(coil_that_somebody_else_turns_is_noticed),
          TEST(silent_device_holds_nobody_and_is_off_when_it_wakes),
          TEST(wish_of_a_closed_output_does_not_come_after_the_next),
          TEST(device_that_goes_and_comes_back_is_met_again),
          TEST(input_is_read_on_the_same_connection_and_pulses_are_kept),
          TEST(input_of_a_dead_device_is_refused_at_the_start),
          TEST(serial_line_carries_coils_and_inputs))
