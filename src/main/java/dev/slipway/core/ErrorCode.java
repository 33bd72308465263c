package dev.slipway.core;

/// The kinds of problem, each with Heroku's error id, the HTTP status and the command's exit code.
public enum ErrorCode {
  /// The request can't be read.
  BAD_REQUEST("bad_request", 400, 2),
  /// No valid credential was given.
  UNAUTHORIZED("unauthorized", 401, 3),
  /// The credential does not reach so far.
  FORBIDDEN("forbidden", 403, 3),
  /// There is no such thing, or it is not yours.
  NOT_FOUND("not_found", 404, 4),
  /// The answer can't be had in the form that is asked for.
  NOT_ACCEPTABLE("not_acceptable", 406, 2),
  /// It is busy or already there.
  CONFLICT("conflict", 409, 5),
  /// The request is understood and wrong.
  INVALID_PARAMS("invalid_params", 422, 2),
  /// The same request must come again with a word that says it is meant.
  CONFIRMATION_REQUIRED("confirmation_required", 423, 2),
  /// More requests than allowed.
  RATE_LIMIT("rate_limit", 429, 6),
  /// The user's code or its environment failed: a build, a boot, a release phase.
  FAILED("failed", 422, 7),
  /// The machine lacks something: disk, memory, a package, a port.
  UNAVAILABLE("unavailable", 503, 8),
  /// A bug of ours.
  INTERNAL("internal_server_error", 500, 70);

  private final String id;
  private final int httpStatus;
  private final int exitCode;

  ErrorCode(String id, int httpStatus, int exitCode) {
    this.id = id;
    this.httpStatus = httpStatus;
    this.exitCode = exitCode;
  }

  /// Heroku's error id.
  public String id() {
    return id;
  }

  /// The HTTP status that the API answers with.
  public int httpStatus() {
    return httpStatus;
  }

  /// The exit code of the `slipway` command.
  public int exitCode() {
    return exitCode;
  }
}
