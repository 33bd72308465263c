package dev.slipway.api;

import dev.slipway.core.AppId;
import dev.slipway.observe.LogFilter;

/// What a reader wants of an app's log.
///
/// @param lines how many of the kept lines to begin with
/// @param tail whether to go on with what comes
record LogRequest(AppId app, LogFilter filter, int lines, boolean tail) {}
