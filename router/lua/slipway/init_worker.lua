math.randomseed(ngx.now() * 1000 + ngx.worker.pid() * 7919)
local timer = ngx.timer.at
-- A table may be there already: after a worker died, or from disk.
timer(0, function(premature)
    if not premature then
        require("slipway.worker").run()
    end
end)
if ngx.worker.id() == 0 then
    local control = require "slipway.control"
    timer(0, control.poll)
    timer(0, control.report)
    timer(0, control.watch)
    timer(0, require("slipway.names").run)
    timer(0, require("slipway.logs").run)
end
