package dev.slipway.source;

import java.nio.file.Path;

/// Code on disk, ready to be built.
///
/// @param directory where its files lie
/// @param commit which version of the code it is: a commit id, or what the sender called it
public record SourceTree(Path directory, String commit) {}
