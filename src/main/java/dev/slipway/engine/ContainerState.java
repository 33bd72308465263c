package dev.slipway.engine;

/// A plain container as the engine has it.
///
/// @param id the engine's identifier
/// @param image the identifier (not the name) of the image that it was made from
/// @param running whether its process lives
/// @param exitCode how its process ended last; 0 while it has not
public record ContainerState(String id, String image, boolean running, int exitCode) {}
