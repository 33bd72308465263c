package dev.slipway.engine;

/// The Docker Engine refused a request. Its message can repeat what it was sent, so it is shown to
/// people only by callers that know there was no secret in the request.
public final class DockerException extends RuntimeException {
  private final int status;

  /// An answer of that HTTP status.
  public DockerException(int status, String request, String message) {
    super("Docker answered " + status + " to " + request + ": " + message);
    this.status = status;
  }

  /// The HTTP status of the answer.
  public int status() {
    return status;
  }

  /// Whether the thing that was asked for does not exist.
  public boolean notFound() {
    return status == 404;
  }

  /// Whether it exists already, or is in use.
  public boolean conflict() {
    return status == 409;
  }

  /// Whether the same request may succeed later.
  public boolean temporary() {
    return status >= 500;
  }
}
