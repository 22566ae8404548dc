/* Whether the models are whole, and whether the examiner shuts itself in before it looks. */
#include "doctor.h"
#include "face/examiner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK_MS 20000

/* A line of /proc/PID/status says this. */
static bool
status_says(pid_t pid, const char *line)
{
    char path[64];
    char text[256];
    bool found = false;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    if ((f = fopen(path, "re")) == NULL) {
        return false;
    }
    while (!found && fgets(text, sizeof text, f) != NULL) {
        found = strncmp(text, line, strlen(line)) == 0;
    }
    (void)fclose(f);
    return found;
}

/* A picture that is none must be refused, and must not end the examiner. */
static void
look_at_sandbox(struct doctor *d, struct tbc_examiner *examiner)
{
    static const uint8_t rubbish[] = "\xff\xd8\xff rubbish";
    const struct tbc_examiner_request ask = {
        .kind = TBC_EXAMINER_TEMPLATE,
        .frames = { tbc_span_of(rubbish, sizeof rubbish) },
        .frame_n = 1,
    };
    struct tbc_examiner_answer *answer = calloc(1, sizeof *answer);
    const pid_t pid = tbc_examiner_pid(examiner);
    enum tbc_err err = answer == NULL
                           ? TBC_ERR_NO_MEMORY
                           : tbc_examiner_ask(examiner, &ask, ASK_MS, answer);

    if (err != TBC_OK || answer->err == TBC_OK || answer->err == TBC_ERR_IO ||
        tbc_examiner_pid(examiner) != pid) {
        doctor_add(d, DOCTOR_FAIL, "examiner",
                   "see the log of the kernel for why it ends",
                   "a broken picture ended it");
    } else if (!status_says(pid, "Seccomp:\t2") ||
               !status_says(pid, "NoNewPrivs:\t1")) {
        doctor_add(d, DOCTOR_FAIL, "examiner",
                   "a kernel without seccomp? pictures are decoded with all rights",
                   "it does not shut itself in");
    } else {
        doctor_add(d, DOCTOR_OK, "examiner", "",
                   "shut in, and refuses a broken picture");
    }
    free(answer);
}

void
doctor_look_at_examiner(struct doctor *d)
{
    struct tbc_examiner *examiner = NULL;
    const char *why = NULL;
    enum tbc_err err;

    if (d->models == NULL) {
        return;
    }
    err = tbc_examiner_start(&examiner, NULL, d->models, NULL, &why);
    if (err != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "models",
                   "fetch them again: ./dev deps, or your own set", "%.100s",
                   why == NULL ? tbc_err_text(err) : why);
    } else {
        doctor_add(d, DOCTOR_OK, "models", "", "there, and as the manifest says");
        look_at_sandbox(d, examiner);
    }
    tbc_examiner_stop(&examiner);
}
