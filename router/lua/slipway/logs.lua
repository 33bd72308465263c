-- Sends what the workers wrote to requests.log to control, unchanged and at a bounded rate. What is too
-- much is left out and counted; the file is emptied once it is long.
local ffi = require "ffi"
local client = require "slipway.client"
local settings = require "slipway.settings"

ffi.cdef "void *memchr(const void *s, int c, size_t n);"

local shared = ngx.shared.slipway
local _M = {}

local EVERY = 0.25
local MOST = 256 * 1024 -- bytes at a time: about 4,000 lines a second
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

local function drop(file, from, to)
    file:seek("set", from)
    local lines = 0
    while from < to do
        local part = file:read(math.min(262144, to - from))
        if not part then
            break
        end
        lines = lines + lines_in(part)
        from = from + #part
    end
    shared:incr("dropped", lines, 0)
end

-- Where the line ends that `at` is in.
local function line_end(file, at)
    file:seek("set", at)
    local part = file:read(65536) or ""
    return at + (part:find("\n", 1, true) or 0)
end

-- The next whole lines from `at`, and where they end.
local function batch(file, at)
    file:seek("set", at)
    local text = file:read(MOST)
    if not text then
        return nil, at
    end
    local ending = text:find("\n[^\n]*$")
    if not ending then
        return nil, at
    end
    return text:sub(1, ending), at + ending
end

function _M.run(premature)
    local path = settings.own .. "/requests.log"
    local connection = client.new()
    local at = shared:get("logged") or 0
    while not premature and not client.over do
        local file = io.open(path, "r")
        if file then
            local size = file:seek("end")
            if size < at then
                at = 0
            elseif size - at > BACKLOG then
                local to = line_end(file, size - MOST)
                drop(file, at, to)
                at = to
            end
            local text, after = batch(file, at)
            if text then
                local status = connection:post("/router/logs", "text/plain", text, 3)
                if status == 204 then
                    at = after
                end
            end
            size = file:seek("end")
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
