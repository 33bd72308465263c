package dev.slipway.engine;

/// How busy and how full a host is.
///
/// @param cpu the part of its processors' time that was used in the last seconds, 0 to 1
/// @param memoryUsed bytes that programs hold
/// @param memoryTotal bytes
/// @param diskUsed bytes on the file system of its engine
/// @param diskTotal bytes
/// @param load programs that wanted to run, on average over a minute
public record HostFigures(
    double cpu, long memoryUsed, long memoryTotal, long diskUsed, long diskTotal, double load) {}
