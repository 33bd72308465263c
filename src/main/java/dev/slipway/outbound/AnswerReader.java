package dev.slipway.outbound;

import java.io.IOException;

/// Reads an answer while its connection is open.
@FunctionalInterface
public interface AnswerReader<T> {
  /// Reads as much of it as it needs.
  T read(Answer answer) throws IOException;
}
