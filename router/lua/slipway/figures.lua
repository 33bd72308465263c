-- What a counter counted since it was last reset, as it goes into a report.
local ffi = require "ffi"

local _M = {}

local function status_classes(counts)
    local classes = {}
    for class = 1, 5 do
        classes[class] = counts.status[class - 1]
    end
    return classes
end

local function codes(counts)
    local found = {}
    for number = 10, 99 do
        if counts.codes[number] > 0 then
            found["H" .. number] = counts.codes[number]
        end
    end
    return found
end

-- As bucket: count.
local function latency(counts)
    local found = {}
    for bucket = 0, 319 do
        if counts.latency[bucket] > 0 then
            found[tostring(bucket)] = counts.latency[bucket]
        end
    end
    return found
end

function _M.report(counts)
    return {
        app = ffi.string(counts.app),
        service = counts.service ~= nil and ffi.string(counts.service) or nil,
        requests = tonumber(counts.requests),
        lost = tonumber(counts.lost),
        bytes = tonumber(counts.bytes),
        status = status_classes(counts),
        codes = codes(counts),
        latency = latency(counts),
    }
end

return _M
