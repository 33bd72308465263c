/*
 * What one worker knows: the table (host -> app -> dynos), and what it counts. The table is replaced as a
 * whole; a counter outlives it as long as a request or figures that nobody has yet need it.
 */

#ifndef SLIPWAY_TABLE_H
#define SLIPWAY_TABLE_H

#include <ngx_config.h>
#include <ngx_core.h>

#define SLIPWAY_BUCKETS  320

#define SLIPWAY_TICKET   32     /* characters by which a client's cookie names a dyno */

/* Why a request failed: the number of Heroku's H code, or one of these. */
#define SLIPWAY_NONE     0
#define SLIPWAY_UNKNOWN  1     /* no app has the host */
#define SLIPWAY_WAIT     2     /* the addresses of the app's dynos are being checked */
#define SLIPWAY_CODES    100

/* What Lua reads; route.lua declares the same. */
typedef struct {
    const char  *app;          /* its id */
    const char  *service;      /* the dyno's; NULL for requests of the app that reached no dyno */
    int32_t      inflight;
    int32_t      current;      /* it stands in the table that is used */
    int64_t      requests;     /* this and what follows: since the last slipway_reset() */
    int64_t      lost;
    int64_t      bytes;
    int32_t      status[5];
    int32_t      codes[SLIPWAY_CODES];
    int32_t      latency[SLIPWAY_BUCKETS];
} slipway_counts_t;

typedef struct slipway_counter_s  slipway_counter_t;

/* Of a dyno, or of an app. */
struct slipway_counter_s {
    ngx_str_node_t      node;
    ngx_queue_t         queue;
    ngx_rbtree_t       *tree;
    slipway_counter_t  *app;     /* of a dyno */
    ngx_uint_t          users;   /* of an app: its dynos' counters and its requests */
    ngx_msec_t          quiet;   /* of a dyno: it is picked last until then */
    unsigned            silent:1;   /* of a dyno: it let a connection time out, and has not answered since */
    slipway_counts_t    counts;
};

/* A dyno in the table. The address is the table's: counters have none, so that none can change under a request. */
typedef struct {
    slipway_counter_t  *dyno;
    ngx_addr_t          address;
    u_char              ticket[SLIPWAY_TICKET];   /* the same on every router, and says nothing to anybody else */
} slipway_target_t;

/* An app in the table. */
typedef struct slipway_route_s  slipway_route_t;

struct slipway_route_s {
    slipway_route_t    *next;
    slipway_counter_t  *app;
    ngx_array_t         targets;
    unsigned            maintenance:1;
    unsigned            pending:1;
    unsigned            none:1;
    unsigned            affinity:1;   /* a client stays with its dyno */
};

void slipway_counters_init(void);
slipway_counter_t *slipway_app_counter(ngx_str_t *id);
slipway_counter_t *slipway_dyno_counter(ngx_str_t *service, slipway_counter_t *app);
void slipway_unmark_all(void);

void slipway_hold(slipway_counter_t *dyno);
void slipway_release(slipway_counter_t *dyno);
void slipway_count(slipway_counts_t *counts, ngx_uint_t status, off_t bytes, ngx_msec_int_t took, int code);
const char *slipway_code_name(int code);

slipway_route_t *slipway_route(ngx_str_t *host);
int slipway_closed(slipway_route_t *route);
slipway_target_t *slipway_lesser(slipway_route_t *route);
slipway_target_t *slipway_same(slipway_route_t *route, ngx_str_t *ticket);
slipway_target_t *slipway_another(slipway_route_t *route, slipway_counter_t *failed);

void *slipway_find(ngx_rbtree_t *tree, ngx_str_t *key);
void slipway_insert(ngx_rbtree_t *tree, ngx_str_node_t *node, ngx_str_t *key);
uint64_t slipway_random(void);

#endif
