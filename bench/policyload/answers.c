/* Answers: whether one is there, and what it says. */
#define _GNU_SOURCE
#include "policyload.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum answer read_action(const char *text, int length) {
    if (length < 2 || text[length - 1] != '\n' || text[length - 2] != '\n') return INCOMPLETE;
    if (strncmp(text, "action=", 7)) return OTHER;
    const char *action = text + 7;
    if (!strncasecmp(action, "DUNNO", 5) || !strncasecmp(action, "OK", 2)) return PASSED;
    return !strncasecmp(action, "REJECT", 6) || *action == '5' ? REFUSED : OTHER;
}

static enum answer read_response(const char *text, int length) {
    const char *end = strstr(text, "\r\n\r\n");
    if (!end) return INCOMPLETE;
    const char *header = strcasestr(text, "\r\ncontent-length:");
    int body = header && header < end ? atoi(header + 17) : 0;
    if (length < end - text + 4 + body) return INCOMPLETE;
    const char *status = strstr(end, "\"status\":");
    if (strncmp(text, "HTTP/1.1 200", 12) || !status) return OTHER;
    return atoi(status + 9) < 0 ? REFUSED : PASSED;
}

enum answer read_answer(char *text, int length) {
    text[length] = 0;
    return options.http ? read_response(text, length) : read_action(text, length);
}
