/* Connections: each with one request in flight at most, opened when something is to be asked. */
#define _GNU_SOURCE
#include "policyload.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

enum state { CLOSED, QUEUE_FULL, CONNECTING, FREE, ASKED };

struct connection {
    int fd, got, done;
    enum state state;
    const struct request *request; /* what is asked, or is to be asked once it is open; or NULL */
    uint64_t due;
    struct request own;
    char answer[BUFFER];
};

struct counts counts;
uint64_t begun, answered;
int in_flight;

static struct sockaddr_storage place;
static socklen_t place_length;
static struct connection *all;
static int *idle, idle_count; /* with a rate: who waits for something to ask */
static int full_count, poll_fd, timer_fd;
static int allowed;
static uint64_t left; /* requests that may still begin */
static double next_due;

void open_place(void) {
    if (options.socket_path) {
        struct sockaddr_un *local = (void *)&place;
        local->sun_family = AF_UNIX;
        snprintf(local->sun_path, sizeof local->sun_path, "%s", options.socket_path);
        place_length = sizeof *local;
        return;
    }
    struct sockaddr_in *remote = (void *)&place;
    remote->sin_family = AF_INET;
    remote->sin_port = htons(atoi(options.port));
    place_length = sizeof *remote;
    /* for measuring on one's own machine: never pointed at another host */
    if (!inet_aton(options.host, &remote->sin_addr) || ntohl(remote->sin_addr.s_addr) >> 24 != 127) {
        fprintf(stderr, "loopback addresses only\n");
        exit(2);
    }
}

static void watch(int fd, void *who, uint32_t events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = who};
    epoll_ctl(poll_fd, how, fd, &event);
}

static void hang_up(struct connection *c) {
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    c->state = CLOSED;
}

static void dial(struct connection *c);
static void go_on(struct connection *c);

/* Writes what is asked; a server that has hung up is dialled again. */
static void put(struct connection *c) {
    c->got = 0;
    for (int written = 0; written < c->request->length;) {
        ssize_t more = send(c->fd, c->request->text + written, c->request->length - written, MSG_NOSIGNAL);
        if (more < 0 && errno == EAGAIN) {
            usleep(100);
            continue;
        }
        if (more < 0) {
            counts.errors++;
            hang_up(c);
            dial(c);
            return;
        }
        written += more;
    }
    c->state = ASKED;
}

static void on_open(struct connection *c) {
    int one = 1;
    if (!options.socket_path) setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->state = FREE;
    if (c->request)
        put(c);
    else if (options.rate <= 0)
        go_on(c);
}

static void dial(struct connection *c) {
    c->done = 0;
    c->fd = socket(place.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (!connect(c->fd, (struct sockaddr *)&place, place_length)) {
        watch(c->fd, c, EPOLLIN, EPOLL_CTL_ADD);
        on_open(c);
    } else if (errno == EINPROGRESS) {
        c->state = CONNECTING;
        watch(c->fd, c, EPOLLOUT, EPOLL_CTL_ADD);
    } else if (errno == EAGAIN || errno == EINTR) {
        hang_up(c);
        c->state = QUEUE_FULL;
        full_count++;
        counts.waits++;
    } else {
        perror("connect");
        exit(3);
    }
}

static void ask(struct connection *c, uint64_t due) {
    c->request = next_request(&c->own);
    c->due = due;
    begun++;
    left--;
    in_flight++;
    if (c->state == FREE) put(c);
    if (c->state == CLOSED) dial(c);
}

/* Once it is open or answered, and at the begin of a slice. */
static void go_on(struct connection *c) {
    if (options.rate > 0)
        idle[idle_count++] = c - all;
    else if (allowed && left)
        ask(c, now());
}

void open_connections(void) {
    poll_fd = epoll_create1(0);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    watch(timer_fd, NULL, EPOLLIN, EPOLL_CTL_ADD);
    all = calloc(options.connections, sizeof *all);
    idle = calloc(options.connections, sizeof *idle);
    for (int i = 0; i < options.connections; i++) {
        all[i].fd = -1;
        if (!options.each) dial(&all[i]);
        if (options.rate > 0) idle[idle_count++] = i;
    }
}

void allow(uint64_t requests) {
    allowed = 1;
    left = requests ? requests : UINT64_MAX;
    next_due = now();
    for (int i = 0; options.rate <= 0 && i < options.connections; i++)
        if (all[i].state == FREE || all[i].state == CLOSED) go_on(&all[i]);
}

void deny(void) { allowed = 0; }

int is_spent(void) { return !left; }

static void on_answer(struct connection *c, enum answer answer) {
    note_latency(now() - c->due);
    counts.answers[answer]++;
    answered++;
    in_flight--;
    c->request = NULL;
    c->state = FREE;
    if (options.each && ++c->done >= options.each) hang_up(c);
    go_on(c);
}

static void on_event(struct connection *c) {
    if (c->state == CONNECTING) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
        watch(c->fd, c, EPOLLIN, EPOLL_CTL_MOD);
        if (!error) on_open(c);
        if (!error) return;
    }
    ssize_t more = read(c->fd, c->answer + c->got, BUFFER - 1 - c->got);
    if (more < 0 && errno == EAGAIN) return;
    if (more <= 0) { /* to hang up on who asks nothing is no error */
        hang_up(c);
        if (!c->request) return;
        counts.errors++;
        dial(c);
        return;
    }
    c->got += more;
    enum answer answer = read_answer(c->answer, c->got);
    if (c->state == ASKED && answer != INCOMPLETE) on_answer(c, answer);
}

/* With a rate: ask what is due, and be woken when the next is. */
static void ask_what_is_due(void) {
    double step = 1e9 / options.rate;
    uint64_t at = now();
    while (allowed && left && idle_count && next_due <= at) {
        ask(&all[idle[--idle_count]], (uint64_t)next_due);
        next_due += step;
    }
    uint64_t wakes = (uint64_t)next_due;
    struct itimerspec when = {.it_value = {wakes / 1000000000, wakes % 1000000000}};
    if (allowed && idle_count) timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void turn(void) {
    struct epoll_event events[256];
    if (options.rate > 0) ask_what_is_due();
    for (int i = 0; full_count && i < options.connections; i++) {
        if (all[i].state != QUEUE_FULL) continue;
        full_count--;
        dial(&all[i]);
    }
    int ready = epoll_wait(poll_fd, events, 256, full_count ? 1 : 20);
    for (int i = 0; i < ready; i++) {
        uint64_t woken;
        if (events[i].data.ptr)
            on_event(events[i].data.ptr);
        else if (read(timer_fd, &woken, sizeof woken) < 0)
            continue;
    }
}
