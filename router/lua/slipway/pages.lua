-- What the router answers itself: errors in Heroku's codes, its own health, and the wait for addresses.
local ffi = require "ffi"
local get_request = require("resty.core.base").get_request
local route = require "slipway.route"

ffi.cdef [[
    const char *slipway_failure(void *r);
    void slipway_give_up(void *r);
]]

local _M = {}

local KINDS = {
    unknown = { 404, "No such app", "There is no app at this address." },
    H10 = { 503, "Application error", "The app has crashed. If you own it, its logs say more." },
    H12 = { 503, "Application error", "The app did not answer in time." },
    H13 = { 503, "Application error", "The app closed the connection without an answer." },
    H14 = { 503, "Application error", "The app is not running." },
    H17 = { 503, "Application error", "The app's answer can't be understood." },
    H19 = { 503, "Application error", "The app could not be reached in time." },
    H21 = { 503, "Application error", "The app refused the connection." },
    H80 = { 503, "Offline for maintenance", "The app is being worked on. Please come back soon." },
    H99 = { 503, "Application error", "The router failed. It is not the app's fault." },
}

local PAGE = [[<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%s</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;margin:20vh auto;max-width:32em;padding:0 1em;color:#333}</style>
</head><body><h1>%s</h1><p>%s</p></body></html>
]]

-- A page of the app's own, as on Heroku: its address in a frame, so that status and code stay ours.
local FRAME = [[<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>%s</title>
<style>html,body,iframe{height:100%%;width:100%%;margin:0;border:0;display:block}</style>
</head><body><iframe src="%s"></iframe></body></html>
]]

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function page(why, kind)
    local own = route.pages(ngx.var.slipway_app)
    local address = own and (why == "H80" and own.maintenance or why ~= "H80" and own.error)
    if type(address) == "string" then
        return FRAME:format(kind[2], (address:gsub('[&<>"]', ESCAPES)))
    end
    return PAGE:format(kind[2], kind[2], kind[3])
end

function _M.failure()
    local why = ffi.string(ffi.C.slipway_failure(get_request()))
    if why == "wait" then
        return ngx.exec("@wait")
    end
    local kind = KINDS[why] or KINDS.H99
    local body = page(why, kind)
    ngx.status = kind[1]
    ngx.header["Content-Type"] = "text/html; charset=utf-8"
    ngx.header["Cache-Control"] = "no-cache, no-store"
    ngx.header["Content-Length"] = #body
    ngx.header["Via"] = "1.1 slipway"
    ngx.print(body)
end

-- Holds a request until the table from disk has addresses, 5 s at most.
function _M.wait()
    for _ = 1, 500 do
        if not route.pending(ngx.var.host) then
            return
        end
        ngx.sleep(0.01)
    end
    ffi.C.slipway_give_up(get_request())
    return ngx.exit(503)
end

function _M.health()
    local ready = route.table().generation > 0
    ngx.status = ready and 200 or 503
    ngx.say(ready and "ready" or "no table yet")
end

return _M
