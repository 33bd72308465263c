require("slipway.worker").ended()
