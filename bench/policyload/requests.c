/* Requests: the template, cut once, and filled in for an account and an address. */
#include "policyload.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES 64
#define SERIAL_DIGITS 12
#define LARGEST 8192 /* octets of a request */

enum field { USER, ADDRESS, NUMBER, SMALL_NUMBER, PORT, HASH, SERIAL, FIELDS };
static const char *names[FIELDS] = {"{user}", "{ip}", "{n}", "{m}", "{port}", "{hash}", "{serial}"};

static struct piece {
    const char *text; /* stands before the field */
    int length;
    enum field field; /* FIELDS for none */
} pieces[PIECES];
static int piece_count;
static struct request *pool;
static uint64_t serial, made;

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(2);
}

static void cut_template(const char *text) {
    const char *begin = text, *at = text;
    while (*at) {
        int field = 0;
        while (field < FIELDS && strncmp(at, names[field], strlen(names[field]))) field++;
        if (field == FIELDS) {
            at++;
            continue;
        }
        if (piece_count + 1 == PIECES) fail("too many fields in the template");
        pieces[piece_count++] = (struct piece){begin, at - begin, field};
        begin = at += strlen(names[field]);
    }
    pieces[piece_count++] = (struct piece){begin, at - begin, FIELDS};
}

/* A public address for each number, another for another: murmur3's last step maps 32 bits one to one. */
static uint32_t address_of(uint32_t number) {
    uint32_t mixed = number;
    do {
        mixed += 0x9E3779B9;
        mixed = (mixed ^ mixed >> 16) * 0x85EBCA6B;
        mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35;
        mixed ^= mixed >> 16;
    } while (mixed >> 24 == 0 || mixed >> 24 == 10 || mixed >> 24 == 127 || mixed >> 24 >= 224);
    return mixed;
}

static int fill_in(enum field field, char *out, uint32_t number, uint32_t account) {
    uint32_t address;
    switch (field) {
        case USER: return sprintf(out, "user%u@example%u.test", account, account % 10);
        case ADDRESS:
            address = address_of(number);
            return sprintf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
        case NUMBER: return sprintf(out, "%u", dice() % 1000000);
        case SMALL_NUMBER: return sprintf(out, "%u", dice() % 1000);
        case PORT: return sprintf(out, "%u", 1024 + dice() % 60000);
        case HASH: return sprintf(out, "%04x", dice() & 0xffff);
        case SERIAL: return sprintf(out, "%0*d", SERIAL_DIGITS, 0);
        default: return 0;
    }
}

/* Writes the template's text for an account; returns its length. */
static int fill(char *out, struct request *into, uint32_t number, uint32_t account) {
    char *at = out;
    int serials = 0;
    memset(into->serial, 0, sizeof into->serial);
    for (int i = 0; i < piece_count; i++) {
        if (at - out + pieces[i].length + 300 > LARGEST) fail("the template is too long");
        memcpy(at, pieces[i].text, pieces[i].length);
        at += pieces[i].length;
        if (pieces[i].field == SERIAL && serials < 2) into->serial[serials++] = at - out;
        at += fill_in(pieces[i].field, at, number, account);
    }
    *at = 0;
    return at - out;
}

/* A request into its place, which has room for it. */
static void make(struct request *into, uint32_t number, uint32_t account) {
    static char body[LARGEST];
    if (!options.http) {
        into->length = fill(into->text, into, number, account);
        return;
    }
    int length = fill(body, into, number, account);
    into->length = snprintf(into->text, LARGEST * 2,
                            "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            "%s%sContent-Length: %d\r\n\r\n%s",
                            options.uri, options.header, *options.header ? "\r\n" : "", length, body);
    if (into->serial[0]) fail("no serials on the HTTP wire");
}

void prepare_requests(void) {
    static char text[LARGEST], room[LARGEST * 2];
    FILE *file = fopen(options.template_file, "r");
    if (!file || !fread(text, 1, sizeof text - 1, file)) fail("the template cannot be read");
    fclose(file);
    cut_template(text);
    if (options.fresh) return;
    /* who has which address depends on nothing else: the same people come in every load */
    pool = calloc(options.pool, sizeof *pool);
    for (int i = 0; i < options.pool; i++) {
        struct request request = {.text = room};
        make(&request, i, options.users ? address_of(~i) % options.users : (uint32_t)i);
        pool[i] = request;
        pool[i].text = strdup(room);
    }
}

static void stamp(struct request *request) {
    char digits[SERIAL_DIGITS + 8];
    if (!request->serial[0]) return;
    snprintf(digits, sizeof digits, "%0*llX", SERIAL_DIGITS, (unsigned long long)++serial);
    for (int i = 0; i < 2 && request->serial[i]; i++)
        memcpy(request->text + request->serial[i], digits, SERIAL_DIGITS);
}

const struct request *next_request(struct request *own) {
    struct request *chosen = own;
    if (options.fresh) {
        if (!own->text) own->text = malloc(LARGEST * 2);
        uint32_t account = made++ % options.pool;
        make(own, account, account);
    } else
        chosen = &pool[dice() % options.pool];
    stamp(chosen);
    return chosen;
}
