-- Counters of one dyno (or of an app's requests that reached none), as differences since they were
-- last taken. Latency is in buckets of whole milliseconds: v below 32 is bucket v; above that, with
-- e = floor(log2(v)) - 4, bucket 16 * e + floor(v / 2^e): 16 per doubling, so at most 6.25 % wide.
local bit = require "bit"
local rshift = bit.rshift
local floor = math.floor

local _M = {}

local HIGHEST = 319

-- Codes that tell of an answer which the router or the connection to the dyno owed and did not give.
local LOST = { H12 = true, H13 = true, H15 = true, H17 = true, H18 = true, H19 = true, H21 = true, H99 = true,
               H10 = true }

function _M.new()
    return { requests = 0, lost = 0, bytes = 0, status = { 0, 0, 0, 0, 0 }, codes = {}, latency = {} }
end

function _M.bucket(milliseconds)
    local v, e = milliseconds, 0
    while v >= 32 do
        v = rshift(v, 1)
        e = e + 1
    end
    local bucket = 16 * e + v
    return bucket > HIGHEST and HIGHEST or bucket
end

-- `took` is in milliseconds, negative when no dyno was tried.
function _M.count(f, status, bytes, took)
    f.requests = f.requests + 1
    f.bytes = f.bytes + bytes
    local class = floor(status / 100)
    if class < 1 or class > 5 then
        class = 5
    end
    f.status[class] = f.status[class] + 1
    if took < 0 or status == 101 then
        return -- a WebSocket's life is no latency
    end
    local bucket = _M.bucket(took)
    local latency = f.latency
    latency[bucket] = (latency[bucket] or 0) + 1
end

function _M.code(f, code)
    if code and code ~= "" then
        f.codes[code] = (f.codes[code] or 0) + 1
        if LOST[code] then
            f.lost = f.lost + 1
        end
    end
end

-- As it goes into a report; latency as bucket: count.
function _M.report(f, app, service)
    local latency = {}
    for bucket, count in pairs(f.latency) do
        latency[tostring(bucket)] = count
    end
    return {
        app = app,
        service = service,
        requests = f.requests,
        lost = f.lost,
        bytes = f.bytes,
        status = f.status,
        codes = f.codes,
        latency = latency,
    }
end

return _M
