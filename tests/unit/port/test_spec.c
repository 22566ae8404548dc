#include "port/spec.h"
#include "suite.h"

#include <string.h>

static struct tbc_buf why;

static enum tbc_err
parse(struct tbc_port_spec *spec, const char *text, size_t points_n)
{
    tbc_buf_fini(&why);
    return tbc_port_parse(spec, text, points_n, &why);
}

static bool
is_refused(const char *text, size_t points_n, const char *with)
{
    struct tbc_port_spec spec;
    bool refused = parse(&spec, text, points_n) == TBC_ERR_MALFORMED &&
                   strstr(tbc_buf_str(&why), with) != NULL && spec.points_n == 0;

    tbc_buf_fini(&why);
    return refused;
}

static void
file_keeps_commas_of_its_path(void)
{
    struct tbc_port_spec s;

    CU_ASSERT_EQUAL(parse(&s, "file:/run/a,b,active-low", 1), TBC_OK);
    CU_ASSERT_EQUAL(s.kind, TBC_PORT_FILE);
    CU_ASSERT_STRING_EQUAL(s.name, "/run/a,b");
    CU_ASSERT_EQUAL(s.points_n, 1);
    CU_ASSERT(s.active_low);
    CU_ASSERT(is_refused("file:", 1, "file:PATH"));
    CU_ASSERT(is_refused("file:/run/a", 3, "3 points"));
}

static void
relay_board_names_its_first_relays_by_itself(void)
{
    struct tbc_port_spec s;

    CU_ASSERT_EQUAL(parse(&s, "serial:/dev/ttyUSB0", 3), TBC_OK);
    CU_ASSERT_EQUAL(s.kind, TBC_PORT_SERIAL);
    CU_ASSERT_EQUAL(s.points_n, 3);
    CU_ASSERT_EQUAL(s.point[0], 1);
    CU_ASSERT_EQUAL(s.point[2], 3);
    CU_ASSERT_EQUAL(parse(&s, "serial:/dev/ttyUSB0,4", 1), TBC_OK);
    CU_ASSERT_EQUAL(s.point[0], 4);
    CU_ASSERT(!s.active_low);
    CU_ASSERT(is_refused("serial:/dev/ttyUSB0,0", 1, "serial:DEVICE"));
    CU_ASSERT(is_refused("serial:/dev/ttyUSB0,9", 1, "serial:DEVICE"));
    CU_ASSERT(is_refused("serial:/dev/ttyUSB0,1,2", 1, "serial:DEVICE"));
}

static void
gpio_has_as_many_lines_as_are_wanted(void)
{
    struct tbc_port_spec s;

    CU_ASSERT_EQUAL(parse(&s, "gpio:gpiochip0,17,active-low", 1), TBC_OK);
    CU_ASSERT_EQUAL(s.kind, TBC_PORT_GPIO);
    CU_ASSERT_STRING_EQUAL(s.name, "gpiochip0");
    CU_ASSERT_EQUAL(s.point[0], 17);
    CU_ASSERT(s.active_low);
    CU_ASSERT_EQUAL(parse(&s, "gpio:pinctrl-bcm2835,5,6,7", 3), TBC_OK);
    CU_ASSERT_EQUAL(s.point[1], 6);
    CU_ASSERT(is_refused("gpio:gpiochip0", 1, "gpio:CHIP,LINE"));
    CU_ASSERT(is_refused("gpio:gpiochip0,1", 3, "3 points"));
    CU_ASSERT(is_refused("gpio:gpiochip0,-1", 1, "gpio:"));
    CU_ASSERT(is_refused("gpio:gpiochip0,65536", 1, "gpio:"));
    CU_ASSERT(is_refused("gpio:,1", 1, "gpio:"));
    CU_ASSERT(is_refused("gpio:a,1,2,3,4,5,6,7,8,9", 1, "gpio:"));
}

static void
modbus_over_tcp_has_host_port_unit_and_point(void)
{
    struct tbc_port_spec s;

    CU_ASSERT_EQUAL(parse(&s, "modbus:tcp:192.0.2.7:502,1,0", 1), TBC_OK);
    CU_ASSERT_EQUAL(s.kind, TBC_PORT_MODBUS_TCP);
    CU_ASSERT_STRING_EQUAL(s.name, "192.0.2.7");
    CU_ASSERT_STRING_EQUAL(s.service, "502");
    CU_ASSERT_EQUAL(s.unit, 1);
    CU_ASSERT_EQUAL(parse(&s, "modbus:tcp:[2001:db8::7]:502,255,10,11,12", 3), TBC_OK);
    CU_ASSERT_STRING_EQUAL(s.name, "2001:db8::7");
    CU_ASSERT_EQUAL(s.unit, 255);
    CU_ASSERT_EQUAL(s.point[2], 12);
    CU_ASSERT(is_refused("modbus:tcp:192.0.2.7,1,0", 1, "HOST:PORT,UNIT,POINT"));
    CU_ASSERT(is_refused("modbus:tcp:192.0.2.7:0,1,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp:192.0.2.7:65536,1,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp::502,1,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp:[]:502,1,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp:[::1:502,1,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp:2001:db8::7:502,1,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp:192.0.2.7:502,0,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp:192.0.2.7:502,248,0", 1, "modbus:tcp:"));
    CU_ASSERT(is_refused("modbus:tcp:192.0.2.7:502,1", 1, "modbus:tcp:"));
}

static void
modbus_on_a_serial_line_has_baud_and_parity(void)
{
    struct tbc_port_spec s;

    CU_ASSERT_EQUAL(parse(&s, "modbus:rtu:/dev/ttyUSB1,9600,3,2", 1), TBC_OK);
    CU_ASSERT_EQUAL(s.kind, TBC_PORT_MODBUS_RTU);
    CU_ASSERT_STRING_EQUAL(s.name, "/dev/ttyUSB1");
    CU_ASSERT_EQUAL(s.baud, 9600);
    CU_ASSERT_EQUAL(s.parity, 'N');
    CU_ASSERT_EQUAL(s.unit, 3);
    CU_ASSERT_EQUAL(s.point[0], 2);
    CU_ASSERT_EQUAL(parse(&s, "modbus:rtu:/dev/ttyUSB1,19200E,3,2,active-low", 1),
                    TBC_OK);
    CU_ASSERT_EQUAL(s.baud, 19200);
    CU_ASSERT_EQUAL(s.parity, 'E');
    CU_ASSERT(s.active_low);
    CU_ASSERT(is_refused("modbus:rtu:/dev/ttyUSB1,0,3,2", 1, "DEVICE,BAUD,UNIT"));
    CU_ASSERT(is_refused("modbus:rtu:/dev/ttyUSB1,N,3,2", 1, "modbus:rtu:"));
    CU_ASSERT(is_refused("modbus:rtu:/dev/ttyUSB1,9600X,3,2", 1, "modbus:rtu:"));
    CU_ASSERT(is_refused("modbus:rtu:/dev/ttyUSB1,9600,255,2", 1, "modbus:rtu:"));
}

static void
unknown_kind_is_told_which_there_are(void)
{
    struct tbc_port_spec s;

    CU_ASSERT_EQUAL(parse(&s, "usb:1", 1), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_buf_str(&why), "usb:1: no such kind"));
    CU_ASSERT_EQUAL(parse(&s, "", 1), TBC_ERR_UNSUPPORTED);
    tbc_buf_fini(&why);
}

static void
text_longer_than_any_device_is_refused(void)
{
    char text[1024];

    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text, "file:", 5);
    CU_ASSERT(is_refused(text, 1, "file:PATH"));
    memcpy(text, "gpio:", 5);
    CU_ASSERT(is_refused(text, 1, "gpio:CHIP"));
}

TBC_SUITE("port/spec", TEST(file_keeps_commas_of_its_path),
          TEST(relay_board_names_its_first_relays_by_itself),
          TEST(gpio_has_as_many_lines_as_are_wanted),
          TEST(modbus_over_tcp_has_host_port_unit_and_point),
          TEST(modbus_on_a_serial_line_has_baud_and_parity),
          TEST(unknown_kind_is_told_which_there_are),
          TEST(text_longer_than_any_device_is_refused))
