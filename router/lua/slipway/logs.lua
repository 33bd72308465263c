-- Sends what the workers wrote to requests.log to control, unchanged and at a bounded rate. What is too
-- much is left out and counted; the file is emptied once it is long. This worker serves requests as
-- well, so it reads in slices of some 20 microseconds and lets them go on in between.
local ffi = require "ffi"
local client = require "slipway.client"
local settings = require "slipway.settings"

ffi.cdef [[
    void *memchr(const void *s, int c, size_t n);
    void *memrchr(const void *s, int c, size_t n);
]]

local shared = ngx.shared.slipway
local _M = {}

local EVERY = 0.25
local SLICE = 64 * 1024
local MOST = 256 * 1024 -- bytes at a time: about 4,000 lines a second
local BREATH = 0.001 -- seconds; this nginx has no real ngx.sleep(0)
local BACKLOG = 4 * 1024 * 1024 -- bytes kept for a control that is away
local LONG = 64 * 1024 * 1024

local function lines_in(text)
    local at, left, count = ffi.cast("const char *", text), #text, 0
    while left > 0 do
        local found = ffi.cast("const char *", ffi.C.memchr(at, 10, left))
        if found == nil then
            break
        end
        count = count + 1
        left = left - (found - at) - 1
        at = found + 1
    end
    return tonumber(count)
end

-- How much of the text is whole lines; 0 if there is none. A pattern would take milliseconds.
local function whole(text)
    local start = ffi.cast("const char *", text)
    local found = ffi.cast("const char *", ffi.C.memrchr(start, 10, #text))
    return found == nil and 0 or tonumber(found - start) + 1
end

local function drop(file, from, to)
    while from < to do
        file:seek("set", from)
        local part = file:read(math.min(SLICE, to - from))
        if not part then
            break
        end
        shared:incr("dropped", lines_in(part), 0)
        from = from + #part
        ngx.sleep(BREATH)
    end
end

-- Where the line ends that `at` is in.
local function line_end(file, at)
    file:seek("set", at)
    local part = file:read(SLICE) or ""
    return at + (part:find("\n", 1, true) or 0)
end

-- The next whole lines from `at`, some `size` bytes of them, and where they end.
local function batch(file, at, size)
    file:seek("set", at)
    local text = file:read(size) or ""
    local length = whole(text)
    if length > 0 then
        return text:sub(1, length), at + length
    elseif #text == size then
        return batch(file, at, 2 * size) -- a line that is longer
    end
    return nil, at
end

-- Sends what stands after `at`, MOST bytes of it. Returns where it came to.
local function send(connection, file, at)
    local limit = at + MOST
    while at < limit do
        local text, after = batch(file, at, math.min(SLICE, limit - at))
        if not text or connection:post("/router/logs", "text/plain", text, 3) ~= 204 then
            break
        end
        at = after
    end
    return at
end

-- Leaves out what is too much. Returns where to go on.
local function skip(file, at)
    local size = file:seek("end")
    if size < at then
        return 0 -- it was emptied
    elseif size - at > BACKLOG then
        local to = line_end(file, size - MOST)
        drop(file, at, to)
        return to
    end
    return at
end

function _M.run(premature)
    local path = settings.own .. "/requests.log"
    local connection = client.new()
    local at = shared:get("logged") or 0
    while not premature and not client.over do
        local file = io.open(path, "r")
        if file then
            at = send(connection, file, skip(file, at))
            local size = file:seek("end")
            file:close()
            if size > LONG and at == size then
                io.open(path, "w"):close()
                at = 0
            end
            shared:set("logged", at)
        end
        ngx.sleep(EVERY)
    end
end

return _M
