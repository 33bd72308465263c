package dev.slipway.build;

import dev.slipway.core.ErrorCode;
import dev.slipway.core.Problem;
import dev.slipway.core.ProcessType;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a build ended.
public sealed interface BuildOutcome {
  /// The images are in the image server.
  ///
  /// @param processes what each process type runs; the release phase is the type `release`
  /// @param language what it was built as, such as `Node.js`
  record Built(SortedMap<ProcessType, ProcessImage> processes, String language)
      implements BuildOutcome {
    /// Copies the processes.
    public Built {
      processes = Collections.unmodifiableSortedMap(new TreeMap<>(processes));
    }
  }

  /// There is no image. The log's last line says why as well.
  record Failed(Problem problem) implements BuildOutcome {
    /// Whether the same source may build at another time: the platform failed, not the source.
    public boolean temporary() {
      return problem.code() == ErrorCode.UNAVAILABLE;
    }
  }
}
