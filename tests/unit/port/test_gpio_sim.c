/* Our use of the real libgpiod, on a chip that the kernel simulates (gpio-sim, Documentation/admin-guide/gpio). */
#include "port/input.h"
#include "port/output.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG "/sys/kernel/config/gpio-sim"
#define DEVICE CONFIG "/tbc-test"
#define BANK   DEVICE "/bank0"

static bool
put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    bool ok = f != NULL && fputs(text, f) >= 0;

    return f != NULL && fclose(f) == 0 && ok;
}

static bool
get(const char *path, char *text, int size)
{
    FILE *f = fopen(path, "r");
    bool ok = f != NULL && fgets(text, size, f) != NULL;

    if (f != NULL) {
        (void)fclose(f);
    }
    text[ok ? strcspn(text, "\n") : 0] = '\0';
    return ok;
}

static void
strike_chip(void)
{
    (void)put(DEVICE "/live", "0");
    (void)rmdir(BANK);
    (void)rmdir(DEVICE);
}

/* False, and the test is skipped, where the kernel has no such chips, or we may not make one. */
static bool
raise_chip(char chip[static 64], char lines[static 160])
{
    char device[64] = "";

    if (access(CONFIG, F_OK) != 0) {
        tbc_test_skip("the kernel has no gpio-sim");
        return false;
    }
    if (mkdir(DEVICE, 0755) != 0 || mkdir(BANK, 0755) != 0 ||
        !put(BANK "/num_lines", "8") || !put(DEVICE "/live", "1") ||
        !get(BANK "/chip_name", chip, 64) || !get(DEVICE "/dev_name", device, 64)) {
        strike_chip();
        tbc_test_skip("a chip of gpio-sim cannot be made here");
        return false;
    }
    (void)snprintf(lines, 160, "/sys/devices/platform/%s/%s", device, chip);
    return true;
}

static struct tbc_port_spec
at(const char *chip, const char *lines)
{
    struct tbc_port_spec spec;
    struct tbc_buf why = { 0 };
    char text[128];

    (void)snprintf(text, sizeof text, "gpio:%s,%s", chip, lines);
    CU_ASSERT_EQUAL_FATAL(tbc_port_parse(&spec, text, 1, &why), TBC_OK);
    return spec;
}

static void
lines_of_a_simulated_chip_are_read_and_driven(void)
{
    char chip[64];
    char lines[160];
    char path[256];
    char value[8];
    struct tbc_port_spec spec;
    struct tbc_input *in = NULL;
    struct tbc_output *out = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_level level;

    if (!raise_chip(chip, lines)) {
        return;
    }
    spec = at(chip, "2");
    CU_ASSERT_EQUAL(tbc_input_open(&in, NULL, &spec, &why), TBC_OK);
    spec = at(chip, "3,active-low");
    CU_ASSERT_EQUAL(tbc_output_open(&out, NULL, &spec, &why), TBC_OK);
    if (in != NULL && out != NULL) {
        (void)snprintf(path, sizeof path, "%s/sim_gpio2/pull", lines);
        CU_ASSERT(put(path, "pull-up"));
        CU_ASSERT_EQUAL(tbc_input_look(in, &level), TBC_OK);
        CU_ASSERT(level.is_on && level.has_risen);
        (void)snprintf(path, sizeof path, "%s/sim_gpio3/value", lines);
        CU_ASSERT(get(path, value, sizeof value) && strcmp(value, "1") == 0);
        CU_ASSERT_EQUAL(tbc_output_set(out, 1), TBC_OK);
        CU_ASSERT(get(path, value, sizeof value) && strcmp(value, "0") == 0);
    }
    tbc_input_close(&in);
    tbc_output_close(&out);
    strike_chip();
    tbc_buf_fini(&why);
}

TBC_SUITE("port/gpio_sim", TEST(lines_of_a_simulated_chip_are_read_and_driven))
