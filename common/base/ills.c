#include "base/ills.h"

void
tbc_ills_put(const struct tbc_ill *list, size_t n, uint64_t ills, bool ready,
             struct tbc_buf *out)
{
    const char *comma = "";

    (void)tbc_buf_printf(out, "{\"ready\":%s,\"problems\":[", ready ? "true" : "false");
    for (size_t i = 0; i < n; i++) {
        if ((ills >> i & 1) != 0) {
            (void)tbc_buf_printf(
                out, "%s{\"name\":\"%s\",\"what\":\"%s\",\"way_out\":\"%s\"}", comma,
                list[i].name, list[i].what, list[i].way_out);
            comma = ",";
        }
    }
    (void)tbc_buf_append_str(out, "]}\n");
}

void
tbc_ills_tell(const struct tbc_ill *list, size_t n, uint64_t ills, struct tbc_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        if ((ills >> i & 1) != 0) {
            (void)tbc_buf_printf(out, "; %s", list[i].what);
        }
    }
}
