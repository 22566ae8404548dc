#include "base/err.h"

const char *
tbc_err_text(enum tbc_err err)
{
    switch (err) {
#define X(name, text) \
    case TBC_##name:  \
        return text;
        TBC_ERR_LIST(X)
#undef X
    }
    return "unknown error";
}
