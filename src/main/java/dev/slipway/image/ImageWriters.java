package dev.slipway.image;

import java.time.Duration;

/// Keeps whoever writes into the image server and whoever collects its garbage apart: what is
/// written is nobody's until it is released. Thread-safe.
public final class ImageWriters {
  private int writing;
  private boolean collecting;
  private long lastWritten = System.nanoTime();

  /// A time of writing; closing it ends it.
  public interface Writing extends AutoCloseable {
    @Override
    void close();
  }

  /// Begins to write, once no collection goes on.
  public synchronized Writing begin() throws InterruptedException {
    while (collecting) {
      wait();
    }
    writing++;
    return this::end;
  }

  private synchronized void end() {
    writing--;
    lastWritten = System.nanoTime();
    notifyAll();
  }

  /// Collects, where nobody writes and nobody has for so long.
  ///
  /// @return whether it was done
  public boolean collect(Duration quiet, Runnable collection) {
    synchronized (this) {
      if (collecting || writing > 0 || System.nanoTime() - lastWritten < quiet.toNanos()) {
        return false;
      }
      collecting = true;
    }
    try {
      collection.run();
      return true;
    } finally {
      synchronized (this) {
        collecting = false;
        notifyAll();
      }
    }
  }
}
