-- Worker 0's talk with control (docs/design/router-protocol.md): `poll` waits for a newer table,
-- `report` tells what the workers use, have in flight and counted, and what probes found.
local json = require "cjson.safe"
local certificates = require "slipway.certificates"
local client = require "slipway.client"
local probes = require "slipway.probes"
local route = require "slipway.route"
local settings = require "slipway.settings"
local worker = require "slipway.worker"

local shared = ngx.shared.slipway
local _M = {}

local POLL = 20 -- seconds that an answer to a poll may take; control answers within 10
local REPORT = 0.5 -- seconds between two reports when nothing is urgent
local TICK = 0.005 -- seconds between two looks for something urgent, while a rollout may be on
local CALM = 0.02 -- the same, when nothing is probed or drained and the table is not new
local NEW = 30 -- seconds that a table is new
local FETCH = 5 -- seconds that an answer with certificates may take
local PORTION = 100 -- certificates asked for at a time
local LEAVE = 0.1 -- seconds between two looks whether to leave

local accepted = 0 -- when the last table came

local function pause(seconds)
    if not client.over then
        ngx.sleep(seconds)
    end
end

local failing
local function complain(why)
    if why ~= failing and why ~= "exiting" then
        failing = why
        if why then
            ngx.log(ngx.WARN, "control: ", why)
        end
    end
end

-- From now on workers use this table.
function _M.hand_out(text)
    shared:set("table", text)
    shared:incr("generation", 1, 0)
end

local function save(name, text)
    if shared:get("leaving") then
        return -- the file is the next router's
    end
    local path = settings.state .. "/" .. name
    local file, why = io.open(path .. ".new", "w")
    if not file then
        return ngx.log(ngx.ERR, "can't save ", name, ": ", why)
    end
    file:write(text)
    file:close()
    os.rename(path .. ".new", path)
end

-- Gets the certificates that the table names and that are not here. What can't be had now is asked for
-- again after the next poll: a table must not wait for it.
local function fetch(connection)
    local missing = certificates.missing()
    for first = 1, #missing, PORTION do
        local body = json.encode({ fingerprints = { unpack(missing, first, math.min(first + PORTION - 1, #missing)) } })
        local status, answer = connection:post("/router/certificates", "application/json", body, FETCH)
        local given = status == 200 and json.decode(answer)
        if not given then
            return complain("certificates: " .. (status and "answered " .. status or tostring(answer)))
        end
        certificates.keep(given)
    end
    if #missing > 0 then
        save("certificates.json", certificates.kept())
    end
end

local function accept(connection, text)
    local routes = json.decode(text)
    if not routes or type(routes.apps) ~= "table" then
        return complain("sent a table that can't be read")
    end
    accepted = ngx.now()
    certificates.want(routes)
    fetch(connection)
    _M.hand_out(text)
    shared:set("version", string.format("%.0f %.0f", routes.epoch, routes.version))
    probes.candidates(routes)
    shared:set("saved", text)
    save("table.json", text)
end

-- What was last accepted from this or an earlier control; a table from disk counts as none.
local function held()
    local epoch, version = (shared:get("version") or "0 0"):match("^(%d+) (%d+)$")
    return epoch, version
end

function _M.poll()
    local saved = shared:get("saved")
    if saved and shared:get("version") then
        local routes = json.decode(saved)
        probes.candidates(routes) -- this worker took over from one that died
        certificates.want(routes)
    end
    local connection = client.new()
    while not client.over do
        local epoch, version = held()
        local body = string.format('{"epoch":%s,"version":%s}', epoch, version)
        local status, answer = connection:post("/router/poll", "application/json", body, POLL)
        if status == 200 or status == 204 then
            complain(nil)
            shared:set("heard", ngx.now())
            shared:set("confirmed", true) -- our table is the one that control wants
            if status == 200 then
                accept(connection, answer)
            else
                fetch(connection)
            end
        elseif status == 202 then
            complain(nil)
            shared:set("confirmed", false) -- a control that knows no routes yet
        else
            complain(status and "answered " .. status or answer)
            shared:set("confirmed", false)
            pause(status and 1 or 0.25)
        end
    end
end

-- Says to `slipway-router ready` that all workers use a table.
local ready = false
local function be_ready(generation)
    local mine = require("slipway.route").table()
    if not ready and generation > 0 and generation == mine.generation and not mine.pending then
        local file = io.open(settings.own .. "/ready", "w")
        ready = file ~= nil
        if file then
            file:close()
        end
    end
end

-- Each worker's state, as it published it.
local function merged()
    local parts, workers = {}, ngx.worker.count()
    for id = 0, workers - 1 do
        parts[id + 1] = worker.state(id) or ""
    end
    return parts
end

-- The workers' states as one: the oldest table in use, and requests in flight added up.
local function summary(parts)
    local oldest, epoch, version
    local inflight = {}
    for _, part in ipairs(parts) do
        local e, v, generation = part:match("^(%d+) (%d+) (%d+)")
        generation = tonumber(generation) or 0
        if part ~= worker.GONE and (not oldest or generation < oldest) then
            oldest, epoch, version = generation, e, v
        end
        for service, n in part:gmatch("\n(%S+) (%d+)") do
            inflight[service] = (inflight[service] or 0) + tonumber(n)
        end
    end
    -- A table from disk has a number that control may not know; it is acknowledged as none.
    if not shared:get("version") then
        epoch, version = "0", "0"
    end
    return { epoch = epoch or "0", version = version or "0", inflight = inflight, generation = oldest or 0 }
end

local function figures(pending)
    while #pending < 2000 do
        local item = ngx.shared.slipway_figures:lpop("figures")
        if not item then
            break
        end
        pending[#pending + 1] = item
    end
end

-- Dynos out of the table that still answer requests, as one string: when it changes, hurry.
local function draining(now)
    local list = {}
    for service in pairs(now.inflight) do
        if not route.serves(service) then
            list[#list + 1] = service
        end
    end
    table.sort(list)
    return table.concat(list, " ")
end

function _M.report()
    local connection = client.new()
    local boot = string.format("%.0f-%d", ngx.now() * 1000, ngx.worker.pid())
    local sequence, pending, sent_at = 0, {}, 0
    local last_parts, now, told = nil, nil, ""
    local workers = ngx.worker.count()
    local unsent -- a body that control may or may not have got: sent again as it was
    while true do
        local parts = merged()
        local joined = table.concat(parts, "|")
        if joined ~= last_parts then
            last_parts = joined
            now = summary(parts)
            be_ready(now.generation)
        end
        if ngx.worker.exiting() and next(now.inflight) == nil then
            client.over = true
            workers = 0
        end
        local drained = draining(now)
        local mark = table.concat({ now.epoch, now.version, workers, probes.revision, drained }, " ")
        local urgent = mark ~= told
        if urgent or ngx.now() - sent_at >= REPORT then
            if not unsent then
                figures(pending)
                sequence = sequence + 1
            end
            local body = string.format(
                '{"boot":"%s","sequence":%d,"epoch":%s,"version":%s,"workers":%d,"dropped":%d,'
                    .. '"inflight":%s,"probes":%s,"figures":[%s]}',
                boot, sequence, now.epoch, now.version, workers, shared:get("dropped") or 0,
                json.encode(now.inflight), json.encode(probes.results), table.concat(pending, ","))
            unsent = true
            local status, why = connection:post("/router/report", "application/json", body, 3)
            sent_at = ngx.now()
            if status == 204 then
                unsent, pending, told = nil, {}, mark
                if shared:get("confirmed") then
                    shared:set("heard", ngx.now())
                end
            else
                complain(status and "answered " .. status or why)
                pause(0.25)
            end
        end
        if client.over then
            return
        end
        local calm = ngx.now() - accepted > NEW and next(probes.results) == nil and drained == ""
        ngx.sleep(calm and CALM or TICK)
    end
end

-- Looks whether the router was told to leave (router/entrypoint); every worker is to know.
function _M.watch()
    while not ngx.worker.exiting() do
        local file = io.open(settings.run .. "/leaving", "r")
        shared:set("leaving", file ~= nil)
        if file then
            file:close()
        end
        ngx.sleep(LEAVE)
    end
end

return _M
