package dev.slipway.addons;

/// One way to have a service.
///
/// @param name within the service, such as `weekly`
public record Plan(String name, String humanName, String description) {}
