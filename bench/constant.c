/* constant - the floor: a policy server that reads a request and always answers the same.
 *
 * One process, one thread, epoll.  What a decision costs beyond this is ours to answer for.
 *
 *   constant unix SOCKET     Postfix policy delegation: action=DUNNO
 *   constant http PORT       HTTP/1.1 keep-alive on 127.0.0.1: {"status":0,"msg":""}
 *
 * Build: cc -O2 -o constant constant.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BUFFER 65536

struct connection {
    int fd;
    int length;
    char buffer[BUFFER];
};

static const char policy_answer[] = "action=DUNNO\n\n";
static const char http_answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    "{\"status\":0,\"msg\":\"\"}";
static int http;

/* Length of the first whole request in the buffer, 0 when there is none yet. */
static int request_length(struct connection *c) {
    c->buffer[c->length] = 0;
    if (!http) {
        char *end = memmem(c->buffer, c->length, "\n\n", 2);
        return end ? (int)(end - c->buffer) + 2 : 0;
    }
    char *end = memmem(c->buffer, c->length, "\r\n\r\n", 4);
    if (!end) return 0;
    char *header = strcasestr(c->buffer, "\r\ncontent-length:");
    int body = header && header < end ? atoi(header + 17) : 0;
    int whole = (int)(end - c->buffer) + 4 + body;
    return c->length >= whole ? whole : 0;
}

static int listener(const char *where) {
    int fd;
    if (!http) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s", where);
        unlink(where);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (bind(fd, (struct sockaddr *)&address, sizeof address)) return -1;
    } else {
        int one = 1;
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(where))};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (bind(fd, (struct sockaddr *)&address, sizeof address)) return -1;
    }
    return listen(fd, 1024) ? -1 : fd;
}

static void let_in(int server, int poll) {
    int fd = accept4(server, NULL, NULL, SOCK_NONBLOCK), one = 1;
    if (fd < 0) return;
    if (http) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = malloc(sizeof *c);
    c->fd = fd;
    c->length = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static void serve(struct connection *c) {
    const char *answer = http ? http_answer : policy_answer;
    int answer_length = http ? sizeof http_answer - 1 : sizeof policy_answer - 1;
    ssize_t got = read(c->fd, c->buffer + c->length, BUFFER - 1 - c->length);
    if (got <= 0) {
        close(c->fd);
        free(c);
        return;
    }
    c->length += got;
    for (int whole; (whole = request_length(c)) > 0;) {
        if (write(c->fd, answer, answer_length) < 0) break;
        c->length -= whole;
        memmove(c->buffer, c->buffer + whole, c->length);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: constant unix SOCKET | http PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN); /* a client that hangs up while it is answered ends nobody else */
    http = !strcmp(argv[1], "http");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int server = listener(argv[2]);
    if (server < 0) {
        perror(argv[2]);
        return 1;
    }
    int poll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, server, &event);
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr)
                serve(events[i].data.ptr);
            else
                let_in(server, poll);
        }
    }
}
