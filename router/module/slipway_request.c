/*
 * The path of every request: find its app, pick a dyno, count, and count again when it has ended. The
 * directive `slipway_dynos` in an upstream makes nginx ask here, for each try, where the request goes.
 */

#include "slipway_request.h"

#define SLIPWAY_TRIES  4
#define SLIPWAY_COOKIE "heroku-session-affinity"

/* Milliseconds that a dyno is picked last: after it refused a connection, and after it let one time out. */
#define SLIPWAY_QUIET   1000
#define SLIPWAY_SILENT  10000

typedef struct {
    ngx_http_request_t  *request;
    slipway_counter_t   *app;
    slipway_counter_t   *dyno;       /* of the last try */
    int                  code;
    unsigned             counted:1;  /* in flight on `dyno` */
    unsigned             fresh:1;    /* `ticket` is to be given to the client */
    u_char               ticket[SLIPWAY_TICKET];
} slipway_request_t;

/* Where a try goes. A copy, because the table may be replaced before it has ended. */
typedef struct {
    ngx_sockaddr_t  sockaddr;
    ngx_str_t       name;
    u_char          text[NGX_SOCKADDR_STRLEN];
} slipway_try_t;


static void
slipway_assign(slipway_request_t *s, slipway_counter_t *app)
{
    if (app) {
        app->users++;
    }

    if (s->app) {
        s->app->users--;
    }

    s->app = app;
}


static void
slipway_uncount(slipway_request_t *s)
{
    if (s->counted) {
        s->counted = 0;
        slipway_release(s->dyno);
    }
}


static void
slipway_cleanup(void *data)
{
    slipway_uncount(data);
    slipway_assign(data, NULL);
}


/* nginx forgets a request's contexts when it goes on in another location, its clean-ups it does not. */
static slipway_request_t *
slipway_find_request(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cleanup;
    slipway_request_t   *s = ngx_http_get_module_ctx(r, ngx_http_slipway_module);

    if (s || !r->internal) {
        return s;
    }

    for (cleanup = r->pool->cleanup; cleanup; cleanup = cleanup->next) {
        if (cleanup->handler == slipway_cleanup) {
            ngx_http_set_ctx(r, cleanup->data, ngx_http_slipway_module);
            return cleanup->data;
        }
    }

    return NULL;
}


static slipway_request_t *
slipway_request(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cleanup;
    slipway_request_t   *s = slipway_find_request(r);

    if (s) {
        return s;
    }

    cleanup = ngx_pool_cleanup_add(r->pool, sizeof(slipway_request_t));
    if (cleanup == NULL) {
        return NULL;
    }

    s = cleanup->data;
    ngx_memzero(s, sizeof(slipway_request_t));
    s->request = r;
    cleanup->handler = slipway_cleanup;
    ngx_http_set_ctx(r, s, ngx_http_slipway_module);

    return s;
}


/* Of all requests one finds out whether a silent dyno is back; the others go elsewhere meanwhile. */
static void
slipway_go(slipway_request_t *s, slipway_counter_t *dyno)
{
    if (dyno->silent) {
        dyno->quiet = ngx_current_msec + SLIPWAY_SILENT;
    }

    slipway_uncount(s);
    s->dyno = dyno;
    s->counted = 1;
    slipway_hold(dyno);
}


static void
slipway_unreachable(slipway_counter_t *dyno, ngx_uint_t timed_out)
{
    dyno->silent = timed_out;
    dyno->quiet = ngx_current_msec + (timed_out ? SLIPWAY_SILENT : SLIPWAY_QUIET);
}


/* The next dyno after a try that failed; NULL when nobody else gets the request. It stays counted on the last. */
static slipway_target_t *
slipway_again(slipway_request_t *s, slipway_route_t *route)
{
    ngx_array_t                *states = s->request->upstream_states;
    ngx_http_upstream_state_t  *failed = (ngx_http_upstream_state_t *) states->elts + states->nelts - 2;

    if (failed->connect_time == (ngx_msec_t) -1) {
        slipway_unreachable(s->dyno, failed->status == NGX_HTTP_GATEWAY_TIME_OUT);

    } else if (failed->status == NGX_HTTP_GATEWAY_TIME_OUT) {
        s->code = 12;   /* the dyno had it for the whole time */
        return NULL;
    }

    return slipway_another(route, s->dyno);
}


/* What the client was told by an earlier answer. It can choose by it, but only among the dynos of the app. */
static ngx_str_t
slipway_ticket(ngx_http_request_t *r)
{
    ngx_str_t  name = ngx_string(SLIPWAY_COOKIE), ticket = ngx_null_string;

    (void) ngx_http_parse_multi_header_lines(r, r->headers_in.cookie, &name, &ticket);

    return ticket;
}


/* For an app whose clients stay with their dynos: the client's own dyno at the first try, if it is there. */
static slipway_target_t *
slipway_keep_or_pick(slipway_request_t *s, slipway_route_t *route)
{
    ngx_str_t          ticket = slipway_ticket(s->request);
    slipway_target_t  *own = slipway_same(route, &ticket), *target = own;

    if (s->dyno) {
        target = slipway_again(s, route);

    } else if (own == NULL) {
        target = slipway_lesser(route);
    }

    s->fresh = target && target != own;
    if (s->fresh) {
        ngx_memcpy(s->ticket, target->ticket, SLIPWAY_TICKET);
    }

    return target;
}


static slipway_target_t *
slipway_pick(ngx_peer_connection_t *pc, slipway_request_t *s)
{
    slipway_route_t  *route = slipway_route(&s->request->headers_in.server);

    slipway_assign(s, route ? route->app : NULL);

    s->code = slipway_closed(route);
    if (s->code != SLIPWAY_NONE) {
        return NULL;
    }

    if (s->dyno == NULL && route->targets.nelts > 1) {
        pc->tries = SLIPWAY_TRIES;
    }

    if (route->affinity) {
        return slipway_keep_or_pick(s, route);
    }

    return s->dyno ? slipway_again(s, route) : slipway_lesser(route);
}


static ngx_int_t
slipway_get_peer(ngx_peer_connection_t *pc, void *data)
{
    ngx_addr_t         *address;
    slipway_try_t      *try;
    slipway_request_t  *s = data;
    slipway_target_t   *target = slipway_pick(pc, s);

    if (target == NULL) {
        return NGX_ERROR;
    }

    slipway_go(s, target->dyno);

    try = ngx_palloc(s->request->pool, sizeof(slipway_try_t));
    if (try == NULL) {
        return NGX_ERROR;
    }

    address = &target->address;
    ngx_memcpy(&try->sockaddr, address->sockaddr, address->socklen);
    ngx_memcpy(try->text, address->name.data, address->name.len);
    try->name.data = try->text;
    try->name.len = address->name.len;

    pc->sockaddr = &try->sockaddr.sockaddr;
    pc->socklen = address->socklen;
    pc->name = &try->name;
    pc->cached = 0;
    pc->connection = NULL;

    return NGX_OK;
}


/* The request stays counted: it is at the dyno, as far as anyone knows, until the next try or its end. */
static void
slipway_free_peer(ngx_peer_connection_t *pc, void *data, ngx_uint_t state)
{
    if (pc->tries) {
        pc->tries--;
    }
}


static ngx_int_t
slipway_init_peer(ngx_http_request_t *r, ngx_http_upstream_srv_conf_t *us)
{
    ngx_peer_connection_t  *pc = &r->upstream->peer;

    pc->data = slipway_request(r);
    if (pc->data == NULL) {
        return NGX_ERROR;
    }

    pc->get = slipway_get_peer;
    pc->free = slipway_free_peer;
    pc->tries = 1;

    return NGX_OK;
}


static ngx_int_t
slipway_init_upstream(ngx_conf_t *cf, ngx_http_upstream_srv_conf_t *us)
{
    us->peer.init = slipway_init_peer;

    return NGX_OK;
}


char *
slipway_dynos_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_upstream_srv_conf_t  *us = ngx_http_conf_get_module_srv_conf(cf, ngx_http_upstream_module);

    if (us->peer.init_upstream) {
        return "must stand before other directives that choose or keep connections";
    }

    us->peer.init_upstream = slipway_init_upstream;

    return NGX_CONF_OK;
}


/* The head of an answer is here, perhaps of one that nginx makes itself. */
void
slipway_hear(ngx_http_request_t *r)
{
    slipway_request_t  *s = slipway_find_request(r);

    if (s && s->dyno && s->dyno->silent && r->upstream->headers_in.status_n) {
        s->dyno->silent = 0;
        s->dyno->quiet = ngx_current_msec;
    }
}


ngx_int_t
slipway_give_ticket(ngx_http_request_t *r)
{
    u_char             *p;
    ngx_table_elt_t    *header;
    slipway_request_t  *s = slipway_find_request(r);

    if (s == NULL || !s->fresh) {
        return NGX_OK;
    }

    header = ngx_list_push(&r->headers_out.headers);
    p = ngx_pnalloc(r->pool, sizeof(SLIPWAY_COOKIE "=; Path=/; Max-Age=86400; HttpOnly") + SLIPWAY_TICKET);
    if (header == NULL || p == NULL) {
        return NGX_ERROR;
    }

    header->hash = 1;
    header->next = NULL;
    ngx_str_set(&header->key, "Set-Cookie");
    header->value.data = p;
    header->value.len = ngx_sprintf(p, SLIPWAY_COOKIE "=%*s; Path=/; Max-Age=86400; HttpOnly",
                                    (size_t) SLIPWAY_TICKET, s->ticket) - p;

    return NGX_OK;
}


/* ---- the end ---- */

static off_t
slipway_bytes(ngx_http_request_t *r)
{
    return r->stream ? (off_t) r->main->header_size + r->headers_out.content_length_n : r->connection->sent;
}


/* The code that counts: what came of the request in the end may be another than was expected on the way. */
static int
slipway_final_code(ngx_http_request_t *r, slipway_request_t *s, ngx_uint_t status)
{
    int  broken = slipway_broken(r);

    if (broken != SLIPWAY_NONE) {
        s->code = broken;

    } else if (status == NGX_HTTP_CLIENT_CLOSED_REQUEST) {
        s->code = 27;

    } else if (status != NGX_HTTP_SERVICE_UNAVAILABLE) {
        return SLIPWAY_NONE;
    }

    return s->code;
}


/* The request has ended, however that was. Runs before the access log, which prints the code. */
ngx_int_t
slipway_log_handler(ngx_http_request_t *r)
{
    int                   code;
    ngx_uint_t            status = r->err_status ? r->err_status : r->headers_out.status;
    ngx_msec_int_t        took = -1;
    slipway_counter_t    *counter;
    slipway_request_t    *s = slipway_find_request(r);
    ngx_http_upstream_t  *u = r->upstream;

    if (s == NULL) {
        return NGX_OK;
    }

    if (u && u->state) {
        took = (ngx_msec_int_t) u->state->response_time;
    }

    code = slipway_final_code(r, s, status);
    slipway_uncount(s);

    counter = s->dyno ? s->dyno : s->app;
    if (counter) {
        slipway_count(&counter->counts, status, slipway_bytes(r), took, code);
    }

    return NGX_OK;
}


/* ---- what the log and Lua see of it ---- */

ngx_int_t
slipway_app_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    slipway_request_t  *s = slipway_find_request(r);

    return slipway_text(v, s && s->app ? s->app->counts.app : "");
}


ngx_int_t
slipway_dyno_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    slipway_request_t  *s = slipway_find_request(r);

    return slipway_text(v, s && s->dyno ? s->dyno->counts.service : "");
}


ngx_int_t
slipway_code_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    slipway_request_t  *s = slipway_find_request(r);

    return slipway_text(v, slipway_code_name(s ? s->code : SLIPWAY_NONE));
}


/* What the last try came to, as a code. */
static int
slipway_failed_try(ngx_http_upstream_state_t *state)
{
    ngx_int_t  connected = state->connect_time != (ngx_msec_t) -1;

    switch (state->status) {
    case NGX_HTTP_GATEWAY_TIME_OUT:
        return connected ? 12 : 19;

    case NGX_HTTP_BAD_GATEWAY:
        return !connected ? 21 : state->bytes_received == 0 ? 13 : 17;
    }

    return 99;
}


/* For the page that is shown instead of an answer: why. "wait" is told once, since it is tried again then. */
const char *
slipway_failure(ngx_http_request_t *r)
{
    slipway_request_t  *s = slipway_request(r);

    if (s == NULL) {
        return slipway_code_name(99);
    }

    if (s->code == SLIPWAY_WAIT) {
        s->code = SLIPWAY_NONE;
        return slipway_code_name(SLIPWAY_WAIT);
    }

    if (s->code == SLIPWAY_NONE) {
        s->code = r->upstream && r->upstream->state ? slipway_failed_try(r->upstream->state) : 99;
    }

    return slipway_code_name(s->code);
}


/* The request's dynos were waited for in vain. */
void
slipway_give_up(ngx_http_request_t *r)
{
    slipway_request_t  *s = slipway_request(r);

    if (s) {
        s->code = 10;
    }
}
