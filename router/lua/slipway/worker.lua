-- What every worker does beside requests: adopt a newer table, and publish which one it uses and how
-- many requests it has in flight per dyno. Both go out in one write, so they belong together.
local ffi = require "ffi"
local json = require "cjson.safe"
local figures = require "slipway.figures"
local route = require "slipway.route"

ffi.cdef "void slipway_leave(int leaving);"

local shared = ngx.shared.slipway
local _M = {}

local TICK = 0.01 -- seconds: how late a new table may be adopted, and a drained dyno be seen
local CALM = 20 -- ticks between two publications when no dyno is being drained
local FIGURES = 50 -- ticks between two hand-overs of figures

_M.GONE = "gone" -- the state of a worker that has ended

local function key(id)
    return "worker:" .. id
end

function _M.state(id)
    return shared:get(key(id))
end

local function adopt()
    local generation = shared:get("generation") or 0
    if generation == route.table().generation then
        return false
    end
    local table = json.decode(shared:get("table"))
    if not table then
        return false
    end
    return route.adopt(table, generation)
end

-- While the router leaves, clients' connections end with their next answer, so that nobody sends on one
-- in the moment that nginx closes it.
local leaving = false
local function follow()
    local now = shared:get("leaving") or false
    if now ~= leaving then
        leaving = now
        ffi.C.slipway_leave(now and 1 or 0)
    end
end

local published
local function publish()
    local table = route.table()
    local lines = { string.format("%.0f %.0f %d", table.epoch, table.version, table.generation) }
    for counts in route.counters() do
        if counts.inflight > 0 then
            lines[#lines + 1] = ffi.string(counts.service) .. " " .. counts.inflight
        end
    end
    published = _G.table.concat(lines, "\n")
    shared:set(key(ngx.worker.id()), published)
    route.clean()
end

local function draining()
    for counts in route.counters() do
        if counts.service ~= nil and counts.current == 0 then
            return true
        end
    end
    return false
end

-- Whether worker 0 got them; while control is away for long there is no room, and they wait here.
local function hand(counts)
    return ngx.shared.slipway_figures:rpush("figures", json.encode(figures.report(counts))) ~= nil
end

-- Hands figures to worker 0, and forgets dynos that are out of the table and idle.
local function hand_over()
    for counts in route.counters() do
        if counts.requests > 0 and hand(counts) then
            route.reset(counts)
        end
    end
    route.sweep()
end

local function inflight()
    local sum = 0
    for counts in route.counters() do
        sum = sum + counts.inflight
    end
    return sum
end

function _M.run()
    adopt()
    publish()
    local tick, busy = 0, false
    while not ngx.worker.exiting() do
        ngx.sleep(TICK)
        follow()
        tick = tick + 1
        local adopted = adopt()
        if adopted or tick % CALM == 0 then
            busy = draining()
        end
        if adopted or (route.dirty() and (busy or tick % CALM == 0)) then
            publish()
        elseif tick % CALM == 0 and _M.state(ngx.worker.id()) ~= published then
            publish() -- after a reload the worker before this one has written last
        end
        if tick % FIGURES == 0 then
            hand_over()
        end
    end
    -- Going: the requests that are still here are followed to their end.
    while true do
        adopt()
        hand_over()
        publish()
        if inflight() == 0 then
            return _M.ended()
        end
        ngx.sleep(TICK)
    end
end

-- This worker has ended; nothing is in flight on it, and it will use no other table.
function _M.ended()
    hand_over()
    shared:set(key(ngx.worker.id()), _M.GONE)
end

return _M
