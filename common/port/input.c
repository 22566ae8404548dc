#include "port/impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tbc_input {
    const struct tbc_input_kind *kind;
    void *handle;
};

struct file_input {
    char path[TBC_PORT_NAME_SIZE];
    bool active_low;
    bool was_on;
};

enum tbc_err
tbc_port_errno(int code)
{
    switch (code) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return TBC_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
        return TBC_ERR_DENIED;
    case EBUSY:
        return TBC_ERR_BUSY;
    case ENOMEM:
        return TBC_ERR_NO_MEMORY;
    default:
        return TBC_ERR_IO;
    }
}

/* Opened at each look, so that a file that is put in its place is seen, as is one that is gone. */
static enum tbc_err
file_look(void *handle, struct tbc_level *level)
{
    struct file_input *f = handle;
    char value = '\0';
    int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t len = fd < 0 ? -1 : read(fd, &value, 1);

    if (fd >= 0) {
        close(fd);
    }
    if (len != 1) {
        return TBC_ERR_IO;
    }
    level->is_on = (value == '1') != f->active_low;
    level->has_risen = level->is_on && !f->was_on;
    f->was_on = level->is_on;
    return TBC_OK;
}

static enum tbc_err
file_open(void **handle, struct tbc_ports *ports, const struct tbc_port_spec *spec,
          struct tbc_buf *why)
{
    struct file_input *f;

    (void)ports;
    if (access(spec->name, R_OK) != 0) {
        enum tbc_err err = tbc_port_errno(errno);

        (void)tbc_buf_printf(why, "%s: %s", spec->name, tbc_err_text(err));
        return err;
    }
    f = calloc(1, sizeof *f);
    if (f == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    memcpy(f->path, spec->name, sizeof f->path);
    f->active_low = spec->active_low;
    *handle = f;
    return TBC_OK;
}

static void
file_close(void *handle)
{
    free(handle);
}

static const struct tbc_input_kind file_input = { file_open, file_look, file_close };

static const struct tbc_input_kind *
kind_of(enum tbc_port_kind kind)
{
    switch (kind) {
    case TBC_PORT_FILE:
        return &file_input;
    case TBC_PORT_GPIO:
        return &tbc_input_gpio;
    case TBC_PORT_MODBUS_TCP:
    case TBC_PORT_MODBUS_RTU:
        return &tbc_input_modbus;
    case TBC_PORT_SERIAL:
        break;
    }
    return NULL;
}

enum tbc_err
tbc_input_open(struct tbc_input **input, struct tbc_ports *ports,
               const struct tbc_port_spec *spec, struct tbc_buf *why)
{
    const struct tbc_input_kind *kind = kind_of(spec->kind);
    struct tbc_input *in;
    enum tbc_err err;

    *input = NULL;
    if (kind == NULL) {
        (void)tbc_buf_printf(why, "%s: a relay is not read, know file, gpio and modbus",
                             spec->name);
        return TBC_ERR_UNSUPPORTED;
    }
    in = calloc(1, sizeof *in);
    if (in == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    in->kind = kind;
    if ((err = kind->open(&in->handle, ports, spec, why)) != TBC_OK) {
        free(in);
        return err;
    }
    *input = in;
    return TBC_OK;
}

void
tbc_input_close(struct tbc_input **input)
{
    if (*input != NULL) {
        (*input)->kind->close((*input)->handle);
        free(*input);
        *input = NULL;
    }
}

enum tbc_err
tbc_input_look(struct tbc_input *input, struct tbc_level *level)
{
    *level = (struct tbc_level){ 0 };
    return input->kind->look(input->handle, level);
}
