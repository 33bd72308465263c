/*
 * A request on its way: which dyno it is at, and what is counted of it.
 */

#ifndef SLIPWAY_REQUEST_H
#define SLIPWAY_REQUEST_H

#include <ngx_http.h>
#include "slipway_table.h"

extern ngx_module_t  ngx_http_slipway_module;

char *slipway_dynos_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t slipway_log_handler(ngx_http_request_t *r);

/* When an answer's head is here: the dyno that gave it can be reached. */
void slipway_hear(ngx_http_request_t *r);

/* Before an answer's head is sent: tells the client which dyno is its own, where the app wants that. */
ngx_int_t slipway_give_ticket(ngx_http_request_t *r);

ngx_int_t slipway_app_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t slipway_dyno_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
ngx_int_t slipway_code_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);

ngx_int_t slipway_text(ngx_http_variable_value_t *v, const char *text);

/* In the log phase: the code, 15 or 18, of an answer that the dyno broke off in the middle, else SLIPWAY_NONE. */
int slipway_broken(ngx_http_request_t *r);

#endif
