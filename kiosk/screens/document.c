/* Which document?  Only its number is needed, so nothing is asked to be shown. */
#include "frame.h"

void
kiosk_draw_document(struct frame *f)
{
    /* a child's number stands in the household register and follows the same rules */
    struct row rows[] = {
        { "id-card", kiosk_say(f, "document.cn"), KIOSK_EV_KIND, TBC_DOC_CN, false },
        { "passport", kiosk_say(f, "document.passport"), KIOSK_EV_KIND,
          TBC_DOC_PASSPORT, false },
        { "permit", kiosk_say(f, "document.hkm"), KIOSK_EV_KIND, TBC_DOC_HKM, false },
        { "permit", kiosk_say(f, "document.tw"), KIOSK_EV_KIND, TBC_DOC_TW, false },
        { "child", kiosk_say(f, "document.child"), KIOSK_EV_KIND, TBC_DOC_CN, false },
    };
    struct frame_plan plan = { .step = 2,
                               .title = kiosk_say(f, "document.title"),
                               .lead = kiosk_say(f, "document.lead") };
    struct row_style style = { .choices = true, .square = true };

    kiosk_frame_begin(f, &plan);
    f->top += f->wide ? 2 : f->v->low ? 8 : 19.2;
    kiosk_frame_back_and_desk(f, NULL, true);
    f->bottom -= f->wide ? 0 : 6;
    style.columns = f->wide ? 2 : 1;
    style.cap = f->cap.item * (f->wide && f->v->size != KIOSK_SIZE_SMALL ? 0.92 : 1);
    (void)kiosk_put_rows(f, rows, sizeof rows / sizeof *rows, &style);
    kiosk_frame_tools(f);
}
