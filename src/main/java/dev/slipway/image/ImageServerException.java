package dev.slipway.image;

/// Thrown when the image server can't be reached or answers what it should not.
public final class ImageServerException extends RuntimeException {
  private final boolean temporary;

  ImageServerException(String message, boolean temporary, Throwable cause) {
    super(message, cause);
    this.temporary = temporary;
  }

  ImageServerException(String message, boolean temporary) {
    super(message);
    this.temporary = temporary;
  }

  /// Whether the same request may succeed later.
  public boolean temporary() {
    return temporary;
  }
}
