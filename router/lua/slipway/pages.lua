-- What the router answers itself: errors in Heroku's codes, its own health, and the wait for addresses.
local route = require "slipway.route"

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

-- The last of nginx's lists, which has an entry per try.
local function last(list)
    return list and list:match("([^, ]+)%s*$") or "-"
end

local function code()
    local given = ngx.var.code
    if given ~= "" then
        return given
    end
    local connected = last(ngx.var.upstream_connect_time) ~= "-"
    local status = last(ngx.var.upstream_status)
    if status == "504" then
        return connected and "H12" or "H19"
    elseif status == "502" then
        if not connected then
            return "H21"
        end
        local received = last(ngx.var.upstream_bytes_received)
        return (received == "0" or received == "-") and "H13" or "H17"
    end
    return "H99"
end

function _M.failure()
    local why = code()
    if why == "wait" then
        ngx.var.code = ""
        return ngx.exec("@wait")
    end
    ngx.var.code = why
    local kind = KINDS[why] or KINDS.H99
    local body = PAGE:format(kind[2], kind[2], kind[3])
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
    ngx.var.code = "H10"
    return ngx.exit(503)
end

function _M.health()
    local ready = route.table().generation > 0
    ngx.status = ready and 200 or 503
    ngx.say(ready and "ready" or "no table yet")
end

return _M
