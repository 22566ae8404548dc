/* How a passenger's own data is written on the screens.  Private to kiosk/screens. */
#ifndef KIOSK_SCREENS_PERSON_TEXT_H
#define KIOSK_SCREENS_PERSON_TEXT_H

#include "frame.h"

/* "林＊禾": a star as wide as a character in Chinese, an ordinary one elsewhere. */
void kiosk_person_name(const struct frame *f, char *out, size_t size);
/* "1101 •••••••••• 002X": dots for what is hidden, apart from what is shown. */
void kiosk_person_number(const struct frame *f, char *out, size_t size);
/* Append "G1207　5 车 12F". */
void kiosk_person_seat(const struct frame *f, const struct tbc_trip *trip,
                       struct tbc_buf *out);
/* "明天 09:41" as seen from now; valid until the next sentence is filled. */
const char *kiosk_person_until(struct frame *f, struct tbc_utc t);

#endif
