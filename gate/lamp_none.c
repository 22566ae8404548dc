/* The lamp of a build without the display. */
#include "lamp.h"

enum tbc_err
gate_lamp_open(struct gate_lamp **lamp, const struct gate_options *options,
               struct tbc_buf *why)
{
    *lamp = NULL;
    if (options->screen == GATE_SCREEN_NONE && options->shots == NULL) {
        return TBC_OK;
    }
    tbc_buf_append_str(why, "this build has no display");
    return TBC_ERR_UNSUPPORTED;
}

void
gate_lamp_close(struct gate_lamp **lamp)
{
    *lamp = NULL;
}

enum tbc_err
gate_lamp_show(struct gate_lamp *lamp, const struct gate_view *view)
{
    (void)lamp;
    (void)view;
    return TBC_OK;
}

bool
gate_lamp_tick(struct gate_lamp *lamp)
{
    (void)lamp;
    return true;
}
