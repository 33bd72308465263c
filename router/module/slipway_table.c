/*
 * The worker's table. Lua fills it: slipway_table_begin(), then slipway_table_app() for each app followed by
 * its hosts and dynos, then slipway_table_use(). None of it yields, so a request is picked and counted under
 * one table; and a table that is not finished is never used.
 */

#include "slipway_table.h"
#include <ngx_md5.h>

typedef struct {
    ngx_pool_t         *pool;
    ngx_rbtree_t        hosts;
    ngx_rbtree_node_t   sentinel;
    slipway_route_t    *routes;   /* the newest first */
    ngx_uint_t          failed;   /* memory ran out */
} slipway_table_t;

typedef struct {
    ngx_str_node_t    node;
    slipway_route_t  *route;
} slipway_host_t;

static slipway_table_t  *slipway_used, *slipway_new;


/* ---- filling a table, from Lua ---- */

void
slipway_table_begin(void)
{
    ngx_pool_t  *pool;

    if (slipway_new) {
        ngx_destroy_pool(slipway_new->pool);   /* one that was not finished */
        slipway_new = NULL;
    }

    pool = ngx_create_pool(4096, ngx_cycle->log);
    if (pool == NULL) {
        return;
    }

    slipway_new = ngx_pcalloc(pool, sizeof(slipway_table_t));
    if (slipway_new == NULL) {
        ngx_destroy_pool(pool);
        return;
    }

    slipway_new->pool = pool;
    ngx_rbtree_init(&slipway_new->hosts, &slipway_new->sentinel, ngx_str_rbtree_insert_value);
}


static slipway_route_t *
slipway_new_route(ngx_str_t *id)
{
    slipway_route_t  *route = ngx_pcalloc(slipway_new->pool, sizeof(slipway_route_t));

    if (route == NULL || ngx_array_init(&route->targets, slipway_new->pool, 4, sizeof(slipway_target_t)) != NGX_OK) {
        return NULL;
    }

    route->app = slipway_app_counter(id);

    return route->app ? route : NULL;
}


void
slipway_table_app(const char *id, size_t length, int maintenance, int pending, int none, int affinity)
{
    ngx_str_t         key = { length, (u_char *) id };
    slipway_route_t  *route;

    if (slipway_new == NULL || slipway_new->failed) {
        return;
    }

    route = slipway_new_route(&key);
    if (route == NULL) {
        slipway_new->failed = 1;
        return;
    }

    route->maintenance = maintenance;
    route->pending = pending;
    route->none = none;
    route->affinity = affinity;
    route->next = slipway_new->routes;
    slipway_new->routes = route;
}


/* The last app's. A host that is named twice is the later app's. A wildcard's key begins with its dot. */
void
slipway_table_host(const char *name, size_t length)
{
    ngx_str_t        key;
    slipway_host_t  *host, *earlier;

    if (slipway_new == NULL || slipway_new->failed) {
        return;
    }

    if (length > 2 && name[0] == '*' && name[1] == '.') {
        name++;
        length--;
    }

    key.len = length;
    key.data = ngx_pnalloc(slipway_new->pool, length);
    host = ngx_palloc(slipway_new->pool, sizeof(slipway_host_t));

    if (key.data == NULL || host == NULL) {
        slipway_new->failed = 1;
        return;
    }

    ngx_strlow(key.data, (u_char *) name, length);
    earlier = slipway_find(&slipway_new->hosts, &key);

    if (earlier) {
        host = earlier;

    } else {
        slipway_insert(&slipway_new->hosts, &host->node, &key);
    }

    host->route = slipway_new->routes;
}


static ngx_int_t
slipway_address(slipway_target_t *target, ngx_str_t *text, in_port_t port)
{
    ngx_addr_t  *address = &target->address;
    ngx_pool_t  *pool = slipway_new->pool;
    ngx_int_t    rc = ngx_parse_addr(pool, address, text->data, text->len);

    if (rc != NGX_OK) {
        return rc;
    }

    ngx_inet_set_port(address->sockaddr, port);

    address->name.data = ngx_pnalloc(pool, NGX_SOCKADDR_STRLEN);
    if (address->name.data == NULL) {
        return NGX_ERROR;
    }

    address->name.len = ngx_sock_ntop(address->sockaddr, address->socklen, address->name.data,
                                      NGX_SOCKADDR_STRLEN, 1);

    return NGX_OK;
}


/* Of the service's name: it changes with every dyno, and nobody can tell it from the ticket. */
static void
slipway_make_ticket(slipway_target_t *target, ngx_str_t *service)
{
    u_char     digest[16];
    ngx_md5_t  md5;

    ngx_md5_init(&md5);
    ngx_md5_update(&md5, service->data, service->len);
    ngx_md5_final(digest, &md5);
    ngx_hex_dump(target->ticket, digest, sizeof(digest));
}


/* The last app's. Returns 0 when the address is none. */
int
slipway_table_dyno(const char *service, size_t length, const char *address, size_t address_length, int port)
{
    ngx_int_t          rc;
    ngx_str_t          key = { length, (u_char *) service }, text = { address_length, (u_char *) address };
    slipway_route_t   *route;
    slipway_target_t   target, *place;

    if (slipway_new == NULL || slipway_new->failed) {
        return 1;
    }

    rc = slipway_address(&target, &text, (in_port_t) port);
    if (rc == NGX_DECLINED) {
        return 0;
    }

    slipway_make_ticket(&target, &key);

    route = slipway_new->routes;
    target.dyno = slipway_dyno_counter(&key, route->app);
    place = ngx_array_push(&route->targets);

    if (rc != NGX_OK || target.dyno == NULL || place == NULL) {
        slipway_new->failed = 1;
        return 1;
    }

    *place = target;

    return 1;
}


static void
slipway_mark_current(slipway_table_t *table)
{
    ngx_uint_t         i;
    slipway_route_t   *route;
    slipway_target_t  *targets;

    slipway_unmark_all();

    for (route = table->routes; route; route = route->next) {
        route->app->counts.current = 1;
        targets = route->targets.elts;

        for (i = 0; i < route->targets.nelts; i++) {
            targets[i].dyno->counts.current = 1;
        }
    }
}


/* From the next request on the new table holds. Returns 0, and keeps the old one, when memory ran out. */
int
slipway_table_use(void)
{
    if (slipway_new == NULL || slipway_new->failed) {
        return 0;
    }

    if (slipway_used) {
        ngx_destroy_pool(slipway_used->pool);   /* requests have counters and copies of addresses only */
    }

    slipway_used = slipway_new;
    slipway_new = NULL;
    slipway_mark_current(slipway_used);

    return 1;
}


/* ---- picking ---- */

/* splitmix64, seeded once per worker: for ids and picks, which must be unlike each other, not secret. */
uint64_t
slipway_random(void)
{
    static uint64_t  state;
    static ngx_pid_t seeded;
    uint64_t         z;

    if (seeded != ngx_pid) {
        struct timespec  now;

        clock_gettime(CLOCK_REALTIME, &now);
        state = ((uint64_t) now.tv_nsec << 32) ^ (uint64_t) now.tv_sec ^ ((uint64_t) ngx_pid << 48)
                ^ ((uint64_t) ngx_random() << 16);
        seeded = ngx_pid;
    }

    z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

    return z ^ (z >> 31);
}


/* The host's own route, else that of the longest wildcard that it lies under. */
slipway_route_t *
slipway_route(ngx_str_t *host)
{
    ngx_str_t        key = *host;
    slipway_host_t  *found;

    if (slipway_used == NULL) {
        return NULL;
    }

    found = slipway_find(&slipway_used->hosts, &key);

    while (found == NULL && key.len > 1) {
        key.data++;
        key.len--;

        if (key.data[0] == '.') {
            found = slipway_find(&slipway_used->hosts, &key);
        }
    }

    return found ? found->route : NULL;
}


/* Why the app can't have a request. */
int
slipway_closed(slipway_route_t *route)
{
    if (route == NULL) {
        return SLIPWAY_UNKNOWN;
    }

    if (route->maintenance) {
        return 80;
    }

    if (route->targets.nelts) {
        return SLIPWAY_NONE;
    }

    return route->pending ? SLIPWAY_WAIT : route->none ? 14 : 10;
}


static ngx_int_t
slipway_is_quiet(slipway_counter_t *dyno)
{
    return (ngx_msec_int_t) (dyno->quiet - ngx_current_msec) > 0;
}


/* The less busy of two random dynos; one that could not be connected to lately only if there is no other. */
slipway_target_t *
slipway_lesser(slipway_route_t *route)
{
    uint64_t           random;
    ngx_uint_t         i, j, n = route->targets.nelts;
    slipway_target_t  *targets = route->targets.elts, *a, *b;

    if (n == 1) {
        return targets;
    }

    random = slipway_random();
    i = (uint32_t) random % n;
    j = (uint32_t) (random >> 32) % (n - 1);

    a = &targets[i];
    b = &targets[j >= i ? j + 1 : j];

    if (slipway_is_quiet(a->dyno)) {
        return slipway_is_quiet(b->dyno) ? slipway_another(route, a->dyno) : b;
    }

    if (slipway_is_quiet(b->dyno)) {
        return a;
    }

    return b->dyno->counts.inflight < a->dyno->counts.inflight ? b : a;
}


/* The dyno of the ticket, if the app has it still and it could be connected to lately. */
slipway_target_t *
slipway_same(slipway_route_t *route, ngx_str_t *ticket)
{
    ngx_uint_t         i;
    slipway_target_t  *targets = route->targets.elts;

    for (i = 0; ticket->len == SLIPWAY_TICKET && i < route->targets.nelts; i++) {
        if (ngx_memcmp(targets[i].ticket, ticket->data, SLIPWAY_TICKET) == 0) {
            return slipway_is_quiet(targets[i].dyno) ? NULL : &targets[i];
        }
    }

    return NULL;
}


/* After a failure: any dyno that was not found dead lately, the failed one only if there is no other. */
slipway_target_t *
slipway_another(slipway_route_t *route, slipway_counter_t *failed)
{
    ngx_uint_t         k, n = route->targets.nelts, from = slipway_random() % n;
    slipway_target_t  *targets = route->targets.elts, *target, *spare = NULL;

    for (k = 0; k < n; k++) {
        target = &targets[(from + k) % n];

        if (target->dyno != failed && !slipway_is_quiet(target->dyno)) {
            return target;
        }

        if (spare == NULL || target->dyno != failed) {
            spare = target;
        }
    }

    return spare;
}


/* For Lua: whether the addresses of the host's app are still being checked. */
int
slipway_pending(const char *host, size_t length)
{
    ngx_str_t  key = { length, (u_char *) host };

    return slipway_closed(slipway_route(&key)) == SLIPWAY_WAIT;
}
